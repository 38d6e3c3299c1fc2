"""Verdicts that stand: a clock that ended keeps what was said of it then.

Edited policies and calendars change what is open, never the past. A clock whose ticket turns out
to have another history (what arrived late, an end taken back) is judged anew.
"""

from __future__ import annotations

import polars as pl

from deskpulse_reports.sla.clock import COLUMNS

_KEY = ["source", "ticket_id", "metric", "history"]
_ORDER = ["source", "ticket_id", "metric", "n"]


def settled(fresh: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """The clocks as they are to be stored, in the columns of the store.

    `fresh` is what `evaluate` says today, `stored` what the store has of the same tickets.
    """
    fresh = fresh.with_columns(pl.col("n").alias("n_now"))
    mine = stored.filter(~pl.col("running") & pl.col("ended_at").is_not_null()).unique(_KEY)
    kept = (
        fresh.filter("ended")
        .select(*_KEY, "n_now")
        .join(mine.drop("n"), on=_KEY)
        .rename({"n_now": "n"})
        .select(*COLUMNS)
    )
    anew = fresh.filter("promised").join(
        kept.select("source", "ticket_id", "metric", "n"),
        on=["source", "ticket_id", "metric", "n"],
        how="anti",
    )
    return pl.concat([anew.select(*COLUMNS), kept]).sort(_ORDER)


def changed(clocks: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Source and ticket_id of those whose rows differ from the stored ones."""
    every = list(COLUMNS)
    ticket = ["source", "ticket_id"]
    appeared = clocks.join(stored, on=every, how="anti", nulls_equal=True)
    went = stored.join(clocks, on=every, how="anti", nulls_equal=True)
    return pl.concat([appeared.select(ticket), went.select(ticket)]).unique(maintain_order=True)

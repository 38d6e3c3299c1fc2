"""Find the reason of every disagreement."""

from __future__ import annotations

import polars as pl

from deskpulse_reports.reconcile.case import Case, business, family
from deskpulse_reports.reconcile.causes import CAUSES
from deskpulse_reports.reconcile.circumstances import CIRCUMSTANCES, UNKNOWN, with_context
from deskpulse_reports.reconcile.pairs import EQUAL

KEY = ["ticket_id", "metric"]
AS_CALENDAR = "as by the calendar clock"


def explain(pairs: pl.DataFrame, case: Case, zone: str) -> pl.DataFrame:
    """The pairs that are not equal, each with its reason.

    `pairs` and `case` hold the same tickets; `zone` is the desk's. Adds `reason` (the name of a
    cause or circumstance), `detail` (a few words more, or "") and `reproduced`: whether the reason
    gives exactly the vendor's number, or is only probable.
    """
    open_ = pairs.filter(pl.col("verdict") != EQUAL)
    found = _reproduced(open_, pairs, case)
    rest = open_.join(found, on=KEY, how="anti")
    probable = _probable(with_context(rest, pairs, case, zone))
    reasons = pl.concat([found, _like_their_twins(probable, found)])
    return open_.join(reasons, on=KEY, how="left").sort(KEY)


def _reproduced(open_: pl.DataFrame, pairs: pl.DataFrame, case: Case) -> pl.DataFrame:
    """What a cause reproduces: ticket_id, metric, reason, detail, reproduced.

    A cause that accounts for everything that is open about a ticket is it. Of those that account
    for a part, the one that accounts for more of the ticket is; else the one that came first.
    """
    partly: list[pl.DataFrame] = []
    whole: list[pl.DataFrame] = []
    for place, cause in enumerate(CAUSES):
        if open_.is_empty():
            break
        fitting = cause.find(open_, pairs, case).with_columns(
            reason=pl.lit(cause.name), place=pl.lit(place)
        )
        unexplained = open_.join(fitting, on=KEY, how="anti")
        explained = fitting.join(unexplained, on="ticket_id", how="anti")
        whole.append(explained)
        partly.append(fitting.join(unexplained, on="ticket_id", how="semi"))
        if explained.height:
            open_ = open_.join(explained, on="ticket_id", how="anti")
            pairs = pairs.join(explained, on="ticket_id", how="anti")
            case = case.only(open_)
    best = (
        pl.concat(partly)
        .join(open_, on=KEY, how="semi")
        .with_columns(weight=pl.len().over("ticket_id", "place"))
        .sort(*KEY, pl.col("weight"), "place", descending=[False, False, True, False])
        .unique(KEY, keep="first", maintain_order=True)
        if partly
        else pl.DataFrame()
    )
    columns = [*KEY, "reason", "detail"]
    parts = [each.select(columns) for each in (*whole, best) if each.height]
    empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    return pl.concat([empty, *parts]).with_columns(reproduced=pl.lit(value=True))


def _probable(rows: pl.DataFrame) -> pl.DataFrame:
    name, proved = pl.lit(UNKNOWN.name), pl.lit(value=False)
    for each in reversed(CIRCUMSTANCES):
        holds = each.when.fill_null(value=False)
        name = pl.when(holds).then(pl.lit(each.name)).otherwise(name)
        proved = pl.when(holds).then(pl.lit(each.proves)).otherwise(proved)
    return rows.with_columns(reason=name, detail=pl.lit(""), reproduced=proved)


def _like_their_twins(probable: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """A business number that differs together with its calendar twin differs for its reason."""
    columns = found.columns
    twins = (
        pl.concat([found, probable.select(columns)])
        .filter(~business() & (pl.col("reason") != UNKNOWN.name))
        .select(
            "ticket_id",
            metric=pl.concat_str(family(), pl.lit("_business_s")),
            twin_reason="reason",
        )
    )
    inherits = pl.col("twin_reason").is_not_null() & ~pl.col("reproduced")
    return (
        probable.join(twins, on=KEY, how="left")
        .with_columns(
            detail=pl.when(inherits).then(pl.lit(AS_CALENDAR)).otherwise("detail"),
            reason=pl.when(inherits).then("twin_reason").otherwise("reason"),
        )
        .select(columns)
    )

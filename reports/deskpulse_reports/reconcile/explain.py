"""Find the reason of every disagreement."""

from __future__ import annotations

import polars as pl

from deskpulse_reports.reconcile.case import Case, business, family
from deskpulse_reports.reconcile.cause import FOUND
from deskpulse_reports.reconcile.causes import CAUSES
from deskpulse_reports.reconcile.circumstances import CIRCUMSTANCES, UNKNOWN, with_context
from deskpulse_reports.reconcile.pairs import EQUAL

KEY = ["ticket_id", "metric"]
AS_CALENDAR = "as by the calendar clock"


def explain(pairs: pl.DataFrame, case: Case) -> pl.DataFrame:
    """The pairs that are not equal, each with its reason.

    `pairs` and `case` hold the same tickets. Adds `reason` (the name of a
    cause or circumstance), `detail` (a few words more, or "") and `reproduced`: whether the reason
    gives exactly the vendor's number, or is only probable.
    """
    open_ = pairs.filter(pl.col("verdict") != EQUAL)
    found = _reproduced(open_, pairs, case)
    rest = open_.join(found, on=KEY, how="anti")
    probable = _probable(with_context(rest, pairs, case))
    reasons = pl.concat([found, _like_their_twins(probable, found)])
    return open_.join(reasons, on=KEY, how="left").sort(KEY)


def _reproduced(open_: pl.DataFrame, pairs: pl.DataFrame, case: Case) -> pl.DataFrame:
    """What a cause reproduces: ticket_id, metric, reason, detail, reproduced.

    The first cause that accounts for all that is open about a ticket, and contradicts nothing that
    agrees, is it. Else each number has the cause that contradicts nothing, then the one that
    accounts for more of the ticket, then the one that came first.
    """
    found = [pl.DataFrame(schema={**FOUND, "reason": pl.String, "place": pl.Int32})]
    left = open_
    for place, cause in enumerate(CAUSES):
        if left.is_empty():
            break
        fitting = cause.find(left, pairs, case).with_columns(
            reason=pl.lit(cause.name), place=pl.lit(place)
        )
        found.append(fitting)
        unexplained = left.join(fitting.filter("whole"), on=KEY, how="anti")
        if unexplained["ticket_id"].n_unique() < left["ticket_id"].n_unique():
            left = left.join(unexplained, on="ticket_id", how="semi")
            pairs = pairs.join(left, on="ticket_id", how="semi")
            case = case.only(left)
    return (
        pl.concat(found)
        .with_columns(weight=pl.len().over("ticket_id", "place"))
        .sort("whole", "weight", "place", descending=[True, True, False])
        .unique(KEY, keep="first", maintain_order=True)
        .select(*KEY, "reason", "detail", reproduced=pl.lit(value=True))
    )


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

"""Our number and the vendor's, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from deskpulse_reports.reconcile.compared import COMPARED

MINUTE = 60.0
EQUAL, DIFFERS, MISSING_HERE, MISSING_THERE = "equal", "differs", "missing_here", "missing_there"


def pairs(ours: pl.DataFrame, theirs: pl.DataFrame, facts: Sequence[str]) -> pl.DataFrame:
    """One row a ticket and fact that at least one side has.

    `ours` has ticket_id and a column for each of `facts`; `theirs` has ticket_id, metric, value.
    Only tickets that both sides know. Columns: ticket_id, metric, ours, theirs, verdict (equal,
    differs, missing_here or missing_there).
    """
    both = ["ticket_id", "metric"]
    reported = theirs.filter(pl.col("metric").is_in(facts)).unique(both, keep="last")
    known = ours.join(theirs, on="ticket_id", how="semi").select(
        "ticket_id", *(pl.col(fact).cast(pl.Float64) for fact in facts)
    )
    return (
        known.unpivot(facts, index="ticket_id", variable_name="metric", value_name="ours")
        .join(reported.select(*both, theirs="value"), on=both, how="left")
        .filter(pl.col("ours").is_not_null() | pl.col("theirs").is_not_null())
        .with_columns(verdict=verdict("ours"))
    )


def verdict(ours: str) -> pl.Expr:
    """How column `ours` compares with `theirs`, by `metric`."""
    return (
        pl.when(pl.col(ours).is_null())
        .then(pl.lit(MISSING_HERE))
        .when(pl.col("theirs").is_null())
        .then(pl.lit(MISSING_THERE))
        .when(same(ours))
        .then(pl.lit(EQUAL))
        .otherwise(pl.lit(DIFFERS))
    )


def same(ours: str) -> pl.Expr:
    """Whether column `ours` is what the vendor says, within its rounding; null equals null."""
    near = (pl.col(ours) - pl.col("theirs")).abs() < tolerance()
    neither = pl.col(ours).is_null() & pl.col("theirs").is_null()
    return neither | near.fill_null(value=False)


def tolerance() -> pl.Expr:
    """How far apart two equal numbers may be, by `metric` and `theirs`.

    A vendor that gives whole minutes has dropped up to a minute, whichever way it rounds; one that
    gives seconds, up to a second; a count must be the same.
    """
    counts = [fact for fact, each in COMPARED.items() if each.unit == "count"]
    whole = pl.col("theirs") % MINUTE == 0
    return pl.when(pl.col("metric").is_in(counts)).then(0.5).when(whole).then(MINUTE).otherwise(1.0)

"""Changes in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.words import BY_ID, STATUS

if TYPE_CHECKING:
    from deskpulse_reports.facts.history import History

_FIELD = pl.Enum(["status", "assignee", "team", "schedule", "handoff"])


def ordered_changes(history: History, tickets: pl.DataFrame) -> pl.DataFrame:
    """Changes by ticket row, instant, seq and id; `place` numbers them in that order.

    A change from before its ticket moves to the ticket's creation. Of a removed ticket only what
    happened until its removal counts. `status` is the new value of status changes as a `STATUS`,
    null if it is none.
    """
    of_ticket = tickets.select("row", "source", "ticket_id", "created_at", "removed_at")
    status = pl.col("new").cast(STATUS, strict=False)
    return (
        history.changes.with_columns(pl.col("field").cast(_FIELD, strict=False))
        .drop_nulls("field")
        .join(of_ticket, on=["source", "ticket_id"])
        .with_columns(instant=pl.max_horizontal("changed_at", "created_at"))
        .filter(pl.col("removed_at").is_null() | (pl.col("instant") <= pl.col("removed_at")))
        .sort("row", "changed_at", "seq", *BY_ID)
        .select(
            "row",
            "id",
            "instant",
            "field",
            "observed",
            _value("old"),
            _value("new"),
            place=pl.int_range(pl.len(), dtype=pl.Int64),
            status=pl.when(pl.col("field") == "status").then(status),
        )
    )


def _value(name: str) -> pl.Expr:
    """An empty text is no value: some vendors unassign that way."""
    return pl.when(pl.col(name) != "").then(name).alias(name)

"""Changes in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.lines import numbered
from deskpulse_reports.facts.words import BY_ID, STATUS

if TYPE_CHECKING:
    from deskpulse_reports.facts.history import History
    from deskpulse_reports.facts.roles import Roles

RATING = "rating"
"""The field whose changes are those of a survey's answer: of the customer, not of the desk."""
_FIELD = pl.Enum(["status", "assignee", "team", "schedule", "handoff"])
TRAITS = ("priority", "team", "assignee", "kind", "reason", "brand", "tags")
"""What a promise may depend on and a ticket may change on its way."""


def edits(history: History, tickets: pl.DataFrame) -> pl.DataFrame:
    """Every change by ticket row, instant, seq and id.

    A change from before its ticket moves to the ticket's creation: `instant`. Of a removed ticket
    only what happened until its removal counts.
    """
    return (
        numbered(history.changes, tickets, "created_at", "removed_at", "requester_id")
        .with_columns(instant=pl.max_horizontal("changed_at", "created_at"))
        .filter(pl.col("removed_at").is_null() | (pl.col("instant") <= pl.col("removed_at")))
        .drop("ticket_id", "removed_at")
        .sort("row", "changed_at", "seq", *BY_ID, maintain_order=True)
    )


def ordered_changes(every: pl.DataFrame) -> pl.DataFrame:
    """Those of the `edits` that shape the facts; `place` numbers them in their order.

    `status` is the new value of status changes as a `STATUS`, null if it is none.
    """
    status = pl.col("new").cast(STATUS, strict=False)
    return (
        every.select(
            "row",
            "id",
            "instant",
            pl.col("field").cast(_FIELD, strict=False),
            "observed",
            _value("old"),
            _value("new"),
        )
        .drop_nulls("field")
        .with_columns(
            place=pl.int_range(pl.len(), dtype=pl.Int64),
            status=pl.when(pl.col("field") == "status").then(status),
        )
    )


def trait_changes(every: pl.DataFrame) -> pl.DataFrame:
    """Those of the `edits` that change one of `TRAITS`: row, instant, field, old, new."""
    return every.filter(pl.col("field").is_in(TRAITS)).select(
        "row", "instant", "field", _value("old"), _value("new")
    )


def acts(every: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Those of the `edits` that somebody on the desk's side did after creation, with their `role`.

    A change that names nobody has no role; one by somebody of unknown role is left out.
    """
    later = pl.col("changed_at") > pl.col("created_at")
    done = every.filter(later & (pl.col("field") != RATING)).select(
        "row",
        "source",
        "instant",
        "field",
        _value("new"),
        "actor_id",
        "actor_role",
        "requester_id",
    )
    nobody = pl.col("actor_id").is_null() & pl.col("actor_role").is_null()
    return roles.added(done, person="actor_id", stated="actor_role", instant="instant").filter(
        pl.col("role").is_in(["agent", "bot", "system"]) | nobody
    )


def _value(name: str) -> pl.Expr:
    """An empty text is no value: some vendors unassign that way."""
    return pl.when(pl.col(name) != "").then(name).alias(name)

"""Tickets numbered by row, with the rules of their source applied: what all other files join."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.words import plausible

if TYPE_CHECKING:
    from deskpulse_reports.facts.history import History
    from deskpulse_reports.facts.settings import Settings

_STATED = ("first_reply_at", "solved_at", "closed_at", "removed_at")


def numbered_tickets(history: History, settings: Settings) -> pl.DataFrame:
    """The tickets by (source, id), with `row` 0, 1, ... and what their source's rules say.

    Stated instants are cleaned and never before creation: an earlier first reply is none, an
    earlier solve or close moves to creation, a close before the solve to the solve. A ticket is
    gone if it has a reason, an instant or a ticket it was merged into; without an instant it went
    when it was last updated.
    """
    gone = (
        pl.col("removed_reason").is_not_null()
        | pl.col("removed_at").is_not_null()
        | pl.col("merged_into").is_not_null()
    )
    reason = (
        pl.when(pl.col("merged_into").is_not_null())
        .then(pl.lit("merged"))
        .otherwise(pl.lit("deleted"))
    )
    moved = {
        "solved_at": pl.max_horizontal("solved_at", "created_at"),
        "closed_at": pl.max_horizontal("closed_at", "solved_at", "created_at"),
    }
    return (
        history.tickets.sort("source", "id")
        .with_row_index("row")
        .rename({"id": "ticket_id"})
        .join(_rules(history, settings), on="source", how="left", maintain_order="left")
        .with_columns(
            *(plausible(name) for name in _STATED),
            counted=~gone,
            removed_reason=pl.when(gone).then(pl.coalesce("removed_reason", reason)),
        )
        .with_columns(
            pl.when(pl.col("first_reply_at") >= pl.col("created_at")).then("first_reply_at"),
            *(
                pl.when(pl.col(name).is_not_null()).then(instant).alias(name)
                for name, instant in moved.items()
            ),
            removed_at=pl.when(gone).then(
                pl.max_horizontal(
                    "created_at",
                    pl.coalesce("removed_at", plausible("updated_at"), "created_at"),
                )
            ),
        )
    )


def _rules(history: History, settings: Settings) -> pl.DataFrame:
    sources = history.tickets["source"].unique().to_list()
    rules = [settings.rules(source) for source in sources]
    return pl.DataFrame(
        {
            "source": sources,
            "trusts_stated": [rule.trust == "stated" for rule in rules],
            "closed_counts": [rule.closed_counts_as_resolved for rule in rules],
        },
        schema={
            "source": pl.String,
            "trusts_stated": pl.Boolean,
            "closed_counts": pl.Boolean,
        },
    )

"""What was put into each ticket: activities, time, bots, surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskpulse_reports.facts.events import Events
    from deskpulse_reports.facts.history import History


def effort(
    activities: Sequence[pl.DataFrame], interactions: pl.DataFrame, tickets: int
) -> dict[str, pl.Series]:
    """`agent_activities`, `logged_s` and `handled_s` of each ticket, in the order of rows."""
    agents = pl.col("actor_role") == "agent"
    in_time = pl.col("before_resolution").fill_null(value=True)
    counted = pl.col("row").is_not_null() & ~pl.col("gone")
    acts = pl.concat(
        piece.select(pl.col("row").filter(counted & agents & in_time)) for piece in activities
    )
    logged = pl.concat(
        piece.select("row", "gone", "spent_s") for piece in activities if "spent_s" in piece.columns
    )
    return {
        "agent_activities": pl.Series(np.bincount(acts["row"].to_numpy(), minlength=tickets)),
        "logged_s": _sums(logged, "spent_s", tickets),
        "handled_s": _sums(interactions, "handle_s", tickets),
    }


def reply_times(replies: pl.DataFrame, tickets: pl.DataFrame) -> dict[str, pl.Series]:
    """`reply_waits` and `total_reply_s` of each ticket, by both clocks: first and next replies.

    `replies` is the table of `reply_rows` in the order of tickets, with `row`.
    """
    ended = replies.filter(pl.col("ended_at").is_not_null())
    row = ended["row"].to_numpy()
    first = tickets["first_reply_s"].is_not_null()
    waits = first.cast(pl.Int64) + pl.Series(np.bincount(row, minlength=len(tickets)))
    found = {"reply_waits": waits}
    for name, column in (("total_reply_s", "s"), ("total_reply_business_s", "business_s")):
        of_first = tickets[name.replace("total", "first")]
        later = np.bincount(row, weights=ended[column].to_numpy(), minlength=len(tickets))
        found[name] = (of_first + pl.Series(later)).round(6)
    return found


def _sums(rows: pl.DataFrame, column: str, tickets: int) -> pl.Series:
    """The sum of a column for each ticket, of what is not gone; null where a ticket has none."""
    known = rows.select("row", value=pl.when(~pl.col("gone")).then(column)).drop_nulls()
    row = known["row"].to_numpy()
    total = np.bincount(row, weights=known["value"].to_numpy(), minlength=tickets)
    seen = pl.Series(np.bincount(row, minlength=tickets) > 0)
    return pl.select(pl.when(seen).then(pl.Series(total))).to_series()


def handoffs(events: Events) -> pl.DataFrame:
    """One row a ticket that a bot handed to a person: row, handoffs, first_handoff_at."""
    return (
        events.changes.filter(pl.col("field") == "handoff")
        .group_by("row")
        .agg(handoffs=pl.len(), first_handoff_at=pl.col("instant").min())
    )


def surveys_of(history: History, tickets: pl.DataFrame) -> pl.DataFrame:
    """One row a ticket that was asked: row, surveys_sent, surveys_answered."""
    asked = history.surveys.filter(pl.col("removed_reason").is_null()).select(
        "source",
        "ticket_id",
        surveys_sent=pl.col("sent_at").is_not_null(),
        surveys_answered=pl.col("answered_at").is_not_null(),
    )
    of_ticket = tickets.select("row", "source", "ticket_id")
    return (
        asked.join(of_ticket, on=["source", "ticket_id"])
        .group_by("row")
        .agg(pl.col("surveys_sent", "surveys_answered").sum())
    )

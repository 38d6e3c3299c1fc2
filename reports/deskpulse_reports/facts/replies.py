"""Next replies: from the oldest unanswered customer message to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.facts import REPEATED, seconds
from deskpulse_reports.facts.lines import beside, first_in_ticket, number_in_ticket
from deskpulse_reports.facts.statuses import INITIAL

if TYPE_CHECKING:
    from deskpulse_reports.facts.events import Events

_BEFORE_STATUSES = -(2**62)
"""Places of messages: below those of all statuses, which they precede at one instant."""


def waits(messages: pl.DataFrame, statuses: pl.DataFrame) -> pl.DataFrame:
    """Every wait of a customer for an answer, in order of ticket and time.

    A wait begins with a customer's public message and ends with the next public message of an
    agent, or when the ticket is solved or closed; more customer messages meanwhile are the same
    wait. At one instant messages come before statuses. Columns: row, started_at, ended_at (null
    while it runs), ended_by (reply or solved), `asked_in` and `answered_in` (the lines of the
    messages that began and answered it), and `is_next`: an agent had answered before, so this is
    a next reply.
    """
    spoken = messages.select(
        "row",
        instant="sent_at",
        place=pl.int_range(pl.len(), dtype=pl.Int64) + _BEFORE_STATUSES,
        asks="customer",
        answers="answers",
        matters=pl.col("public") & (pl.col("customer") | pl.col("agent")),
    )
    ended = statuses.filter("ends").select(
        "row", "instant", "place", asks=pl.lit(value=False), answers=pl.lit(value=False)
    )
    events = pl.concat([spoken.filter("matters").drop("matters"), ended]).sort(
        "row", "instant", "place", maintain_order=True
    )
    line, first = pl.int_range(pl.len()), first_in_ticket()
    before = pl.col("answers").cum_sum() - pl.col("answers")
    asked = events.with_columns(
        end_line=pl.when(~pl.col("asks")).then(line).backward_fill(),
        earlier=before - pl.when(first).then(before).forward_fill(),
        goes_on=~first & pl.col("asks").shift(1, fill_value=False),
    ).filter(pl.col("asks") & ~pl.col("goes_on"))
    end = events.select("row", "instant", "place")[asked["end_line"].fill_null(0)]
    ends = asked["end_line"].is_not_null() & (asked["row"] == end["row"])
    replied = ends & (end["place"] < INITIAL)
    return asked.select(
        "row",
        started_at="instant",
        asked_in=pl.col("place") - _BEFORE_STATUSES,
        is_next=pl.col("earlier") > 0,
        ended_at=pl.when(ends).then(end["instant"]),
        ended_by=pl.when(replied).then(pl.lit("reply")).when(ends).then(pl.lit("solved")),
        answered_in=pl.when(replied).then(end["place"] - _BEFORE_STATUSES),
    )


def reply_rows(events: Events, tickets: pl.DataFrame) -> pl.DataFrame:
    """The `replies` table, with `row`: the waits that began after a ticket's first reply."""
    replies = events.waits.filter("is_next")
    started = events.clock.read(replies["row"], replies["started_at"])
    ended = events.clock.read(replies["row"], replies["ended_at"])
    held = events.holders.at(replies.select("row", instant="ended_at"))
    return replies.with_columns(
        n=number_in_ticket(),
        s=seconds(pl.col("ended_at") - pl.col("started_at")),
        business_s=seconds(pl.lit(ended - started)),
        started_open_s=seconds(pl.lit(started)),
        agent_id=pl.when(pl.col("ended_by") == "reply")
        .then(events.messages["author_id"].gather(replies["answered_in"]))
        .otherwise(held["agent_id"]),
        team_id=held["team_id"],
    ).pipe(beside, tickets, *REPEATED)

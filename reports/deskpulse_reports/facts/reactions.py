"""Reactions: from a customer's message to the first thing that a person does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.facts import REPEATED, seconds
from deskpulse_reports.facts.lines import beside, first_in_ticket, number_in_ticket
from deskpulse_reports.facts.words import DONE

if TYPE_CHECKING:
    from deskpulse_reports.facts.events import Events

HOW = pl.Enum(["reply", "assignment", "archive", "unknown"])
"""What ends the wait for a reaction."""


def reaction_rows(events: Events, tickets: pl.DataFrame) -> pl.DataFrame:
    """The `reactions` table, with `row`: each time that a customer's message awaited a reaction.

    That begins with a public message of the customer, never before the ticket; more of them
    meanwhile are the same one. It ends with the first of: an agent replies publicly, hands the
    ticket to another agent or team, solves or closes it; of one instant messages come first, then
    acts, then what the ticket states. What bots and rules do ends nothing. Where
    the source does not say who handed it on or solved it, that was the end, but it cannot be told
    whether it was a reaction: `ended_by` is unknown and the times are null (kpis SP14, after
    Front). `tickets` is the table of `ticket_facts`.
    """
    people = [events.messages["author_id"], events.acts["actor_id"]]
    lines = pl.concat([_messages(events), _acts(events), _stated(events)]).sort(
        "row", "instant", maintain_order=True
    )
    first, asks = first_in_ticket(), pl.col("how").is_null()
    goes_on = ~first & asks.shift(1, fill_value=False)
    began = lines.with_columns(
        end_line=pl.when(~asks).then(pl.int_range(pl.len())).backward_fill()
    ).filter(asks & ~goes_on)
    end = lines.select("row", "instant", "how", "who")[began["end_line"].fill_null(0)]
    ends = began["end_line"].is_not_null() & (began["row"] == end["row"])
    found = began.select(
        "row",
        started_at="instant",
        ended_at=pl.when(ends).then(end["instant"]),
        ended_by=pl.when(ends).then(end["how"]).cast(pl.String),
        agent_id=pl.concat(people).gather(pl.select(pl.when(ends).then(end["who"])).to_series()),
    )
    return _measured(found, events).pipe(beside, tickets, *REPEATED)


def _measured(found: pl.DataFrame, events: Events) -> pl.DataFrame:
    """With times by both clocks, and the team that had the ticket, not the one that got it."""
    known = pl.col("ended_by") != "unknown"
    started = events.clock.read(found["row"], found["started_at"])
    ended = events.clock.read(found["row"], found["ended_at"])
    handed = (pl.col("ended_by") == "assignment").fill_null(value=False)
    held = events.holders.at(
        found.select("row", instant=pl.col("ended_at") - handed.cast(pl.Int64)), ["team_id"]
    )
    return found.with_columns(
        n=number_in_ticket(),
        s=pl.when(known).then(seconds(pl.col("ended_at") - pl.col("started_at"))),
        business_s=pl.when(known).then(seconds(pl.lit(ended - started))),
        started_open_s=seconds(pl.lit(started)),
        team_id=held["team_id"],
    )


def _messages(events: Events) -> pl.DataFrame:
    """What customers asked, which ends nothing, and what agents replied; `who` is a line."""
    line = pl.int_range(pl.len(), dtype=pl.Int64)
    return (
        events.messages.select(
            "row",
            "answers",
            asks=pl.col("customer") & pl.col("public"),
            instant=pl.max_horizontal("sent_at", "created_at"),
            who=line,
        )
        .filter(pl.col("asks") | pl.col("answers"))
        .select(
            "row",
            "instant",
            "who",
            how=pl.when("answers").then(pl.lit("reply", HOW)),
        )
    )


def _acts(events: Events) -> pl.DataFrame:
    """How agents, or who is not known, handed tickets to others, solved and closed them."""
    field, nobody = pl.col("field"), pl.col("role").is_null()
    archives = (field == "status") & pl.col("new").is_in(DONE)
    done = events.acts.select(
        *("row", "instant", "actor_id", "role"),
        new=pl.col("new").is_not_null() & (nobody | (pl.col("role") == "agent")),
        given=field.is_in(["assignee", "team"]),
        archives=archives,
        who=pl.when(~nobody).then(pl.int_range(pl.len(), dtype=pl.Int64) + len(events.messages)),
    ).filter(pl.col("new") & (pl.col("given") | pl.col("archives")))
    holder = events.holders.at(done, ["agent_id"])["agent_id"]
    to_another = nobody | holder.ne_missing(done["actor_id"])
    how = pl.when("archives").then(pl.lit("archive", HOW)).otherwise(pl.lit("assignment", HOW))
    return done.filter(pl.col("archives") | to_another).select(
        "row",
        "instant",
        "who",
        how=pl.when(nobody).then(pl.lit("unknown", HOW)).otherwise(how),
    )


def _stated(events: Events) -> pl.DataFrame:
    """Ends that only the ticket itself states: nobody knows whose."""
    return events.statuses.filter(pl.col("ends") & pl.col("id").is_null()).select(
        "row",
        "instant",
        who=pl.lit(None, pl.Int64),
        how=pl.lit("unknown", HOW),
    )

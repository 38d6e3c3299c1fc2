"""Reactions: from a customer's message to the first thing that a person does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.facts import REPEATED, seconds
from deskpulse_reports.facts.lines import beside, first_in_ticket, number_in_ticket
from deskpulse_reports.facts.words import DONE

if TYPE_CHECKING:
    from deskpulse_reports.facts.events import Events

_BEFORE_ACTS, _AFTER_ACTS = -(2**62), 2**62
"""Places of messages and of what the ticket states: before and after all acts of their instant."""


def reaction_rows(events: Events, tickets: pl.DataFrame) -> pl.DataFrame:
    """The `reactions` table, with `row`: each time that a customer's message awaited a reaction.

    That begins with a public message of the customer, never before the ticket; more of them
    meanwhile are the same one. It ends with the first of: an agent replies publicly, hands the
    ticket to another agent or team, solves or closes it. What bots and rules do ends nothing. Where
    the source does not say who handed it on or solved it, that was the end, but it cannot be told
    whether it was a reaction: `ended_by` is unknown and the times are null (kpis SP14, after
    Front). `tickets` is the table of `ticket_facts`.
    """
    lines = pl.concat([_messages(events), _acts(events), _stated(events)]).sort(
        "row", "instant", "place"
    )
    first, asks = first_in_ticket(), pl.col("ended_by").is_null()
    goes_on = ~first & asks.shift(1, fill_value=False)
    began = lines.with_columns(
        end_line=pl.when(~asks).then(pl.int_range(pl.len())).backward_fill()
    ).filter(asks & ~goes_on)
    end = lines.select("row", "instant", "ended_by", "agent_id")[began["end_line"].fill_null(0)]
    ends = began["end_line"].is_not_null() & (began["row"] == end["row"])
    found = began.select(
        "row",
        started_at="instant",
        **{
            name: pl.when(ends).then(end[column])
            for name, column in (
                ("ended_at", "instant"),
                ("ended_by", "ended_by"),
                ("agent_id", "agent_id"),
            )
        },
    )
    return _measured(found, events).pipe(beside, tickets, *REPEATED)


def _measured(found: pl.DataFrame, events: Events) -> pl.DataFrame:
    """With times by both clocks, and the team that had the ticket, not the one that got it."""
    known = pl.col("ended_by") != "unknown"
    started = events.clock.read(found["row"], found["started_at"])
    ended = events.clock.read(found["row"], found["ended_at"])
    handed = (pl.col("ended_by") == "assignment").fill_null(value=False)
    held = events.holders.at(
        found.select("row", instant=pl.col("ended_at") - handed.cast(pl.Int64))
    )
    return found.with_columns(
        n=number_in_ticket(),
        s=pl.when(known).then(seconds(pl.col("ended_at") - pl.col("started_at"))),
        business_s=pl.when(known).then(seconds(pl.lit(ended - started))),
        started_open_s=seconds(pl.lit(started)),
        team_id=held["team_id"],
    )


def _messages(events: Events) -> pl.DataFrame:
    """What customers asked, which ends nothing, and what agents replied."""
    asks = pl.col("customer") & pl.col("public")
    line = pl.int_range(pl.len(), dtype=pl.Int64)
    return (
        events.messages.select(
            "row",
            "author_id",
            "answers",
            asks=asks,
            instant=pl.max_horizontal("sent_at", "created_at"),
            place=line + _BEFORE_ACTS,
        )
        .filter(pl.col("asks") | pl.col("answers"))
        .select(
            "row",
            "instant",
            "place",
            ended_by=pl.when("answers").then(pl.lit("reply")),
            agent_id=pl.when("answers").then("author_id"),
        )
    )


def _acts(events: Events) -> pl.DataFrame:
    """How agents, or who is not known, handed tickets to others, solved and closed them."""
    done = events.acts.select(
        *("row", "instant", "field", "new", "actor_id", "role"),
        place=pl.int_range(pl.len(), dtype=pl.Int64),
    ).filter(
        pl.col("field").is_in(["assignee", "team", "status"])
        & (pl.col("role").is_null() | (pl.col("role") == "agent"))
    )
    holder = events.holders.at(done)["agent_id"]
    gives = pl.col("field").is_in(["assignee", "team"]) & pl.col("new").is_not_null()
    to_another = gives & (pl.col("role").is_null() | holder.ne_missing(done["actor_id"]))
    archives = (pl.col("field") == "status") & pl.col("new").is_in(DONE)
    named = pl.when("archives").then(pl.lit("archive")).otherwise(pl.lit("assignment"))
    return (
        done.with_columns(archives=archives.fill_null(value=False), gives=to_another)
        .filter(pl.col("archives") | pl.col("gives"))
        .select(
            "row",
            "instant",
            "place",
            ended_by=pl.when(pl.col("role").is_null()).then(pl.lit("unknown")).otherwise(named),
            agent_id="actor_id",
        )
    )


def _stated(events: Events) -> pl.DataFrame:
    """Ends that only the ticket itself states: nobody knows whose."""
    return events.statuses.filter(pl.col("ends") & pl.col("id").is_null()).select(
        "row",
        "instant",
        place=pl.lit(_AFTER_ACTS, pl.Int64),
        ended_by=pl.lit("unknown"),
        agent_id=pl.lit(None, pl.String),
    )

"""Everything that somebody on the desk's side did: wrote, changed, logged, said on the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts import schema
from deskpulse_reports.facts.lines import beside
from deskpulse_reports.facts.words import plausible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskpulse_reports.facts.events import Events
    from deskpulse_reports.facts.holders import Holders

_OF_TICKET = (*schema.DIMENSIONS, "resolved_at", "created_at")
_CHANGES = {"status": "status_change", "assignee": "assignment", "team": "assignment"}


def activity_rows(
    events: Events, tickets: pl.DataFrame, worklogs: pl.DataFrame, interactions: pl.DataFrame
) -> list[pl.DataFrame]:
    """The `activities` table, in pieces as they come, with `row` and `gone`.

    A piece has no column that is null in all its rows; `together` makes one table of them.
    `tickets` is the table of `ticket_facts`, `interactions` that of `interaction_rows`.
    """
    parts = (
        _on_tickets(_public(events.messages), events.holders, tickets),
        _on_tickets(_notes(events.messages), events.holders, tickets),
        _on_tickets(_changes(events.acts), events.holders, tickets),
        _time_entries(worklogs, events.holders, tickets),
        _calls(interactions, events.holders),
    )
    in_time = pl.col("acted_at").is_between("created_at", "resolved_at")
    return [
        part.with_columns(
            before_resolution=pl.when(pl.col("resolved_at").is_not_null()).then(in_time),
            counted=pl.col("counted").fill_null(value=True) & ~pl.col("gone"),
        )
        for part in parts
    ]


def together(pieces: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """One table of these pieces; they are joined at the end, as copying them takes much memory."""
    table = schema.ACTIVITIES
    shaped = [
        piece.select(pl.col(name).cast(table[name]) for name in table if name in piece.columns)
        for piece in pieces
    ]
    return pl.concat(shaped, how="diagonal")[list(table)]


def _on_tickets(done: pl.DataFrame, holders: Holders, tickets: pl.DataFrame) -> pl.DataFrame:
    held = holders.at(done.select("row", instant="acted_at"), ["team_id"])
    return beside(
        done.with_columns(
            team_id=held["team_id"], gone=pl.lit(value=False), flawed=pl.lit(value=False)
        ),
        tickets,
        *schema.KEY,
        *_OF_TICKET,
        "counted",
    )


def _public(messages: pl.DataFrame) -> pl.DataFrame:
    """Public messages but the customers'; of a burst in a chat the first."""
    same = [pl.col(name) == pl.col(name).shift(1) for name in ("row", "author_id")]
    goes_on = pl.all_horizontal("chat", pl.col("chat").shift(1), *same).fill_null(value=False)
    public = messages.filter("public").filter(_by_the_desk() & ~goes_on)
    kind = pl.when("chat").then(pl.lit("chat_message")).otherwise(pl.lit("public_reply"))
    return _written(public, kind)


def _notes(messages: pl.DataFrame) -> pl.DataFrame:
    return _written(messages.filter(~pl.col("public") & _by_the_desk()), pl.lit("internal_note"))


def _by_the_desk() -> pl.Expr:
    return pl.col("role").is_in(["agent", "bot", "system"])


def _written(messages: pl.DataFrame, kind: pl.Expr) -> pl.DataFrame:
    return messages.select(
        "row",
        type=kind,
        acted_at="sent_at",
        agent_id="author_id",
        actor_role=pl.when("auto").then(pl.lit("system")).otherwise("role"),
    )


def _changes(acts: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("field").replace_strict(_CHANGES, default="field_change")
    return acts.select(
        "row", "field", type=kind, acted_at="instant", agent_id="actor_id", actor_role="role"
    )


def _time_entries(worklogs: pl.DataFrame, holders: Holders, tickets: pl.DataFrame) -> pl.DataFrame:
    spent = pl.col("spent_s")
    flawed = (~spent.is_finite() | (spent < 0)).fill_null(value=False)
    logged = worklogs.select(
        "source",
        "ticket_id",
        "agent_id",
        activity_id="id",
        type=pl.lit("time_entry"),
        acted_at=plausible("started_at"),
        actor_role=pl.lit("agent"),
        spent_s=pl.when(~flawed).then(spent),
        gone=pl.col("removed_reason").is_not_null(),
        flawed=flawed,
    ).join(
        tickets.select("row", *schema.KEY, *_OF_TICKET, "counted"),
        on=["source", "ticket_id"],
        how="left",
    )
    return _with_team(logged, holders)


def _calls(interactions: pl.DataFrame, holders: Holders) -> pl.DataFrame:
    """Calls that an agent took, or made, answered or not."""
    outbound = (pl.col("direction") == "outbound").fill_null(value=False)
    calls = interactions.filter(
        (pl.col("own_channel") == "voice")
        & pl.col("agent_id").is_not_null()
        & (outbound | (pl.col("outcome") == "answered"))
    ).select(
        *("row", *schema.KEY, *_OF_TICKET, "agent_id", "counted", "gone", "flawed"),
        own_team_id="team_id",
        activity_id="interaction_id",
        type=pl.when(outbound).then(pl.lit("call_out")).otherwise(pl.lit("call_in")),
        acted_at=pl.coalesce("answered_at", "started_at"),
        actor_role=pl.lit("agent"),
    )
    return (
        _with_team(calls, holders)
        .with_columns(team_id=pl.coalesce("own_team_id", "team_id"))
        .drop("own_team_id")
    )


def _with_team(done: pl.DataFrame, holders: Holders) -> pl.DataFrame:
    """In order, with the team that the ticket had then."""
    done = done.sort("row", "acted_at", "source", "activity_id")
    held = holders.at(done.select("row", instant="acted_at"), ["team_id"])
    return done.with_columns(team_id=held["team_id"])

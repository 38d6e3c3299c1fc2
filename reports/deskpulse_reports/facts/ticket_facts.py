"""The facts of each ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.assignments import COUNTS as ASSIGNMENTS
from deskpulse_reports.facts.assignments import assignments
from deskpulse_reports.facts.contacts import next_contacts
from deskpulse_reports.facts.effort import handoffs, surveys_of
from deskpulse_reports.facts.facts import seconds
from deskpulse_reports.facts.lines import beside, of_each
from deskpulse_reports.facts.messages import (
    agents_involved,
    first_answers,
    further_messages,
    message_counts,
)
from deskpulse_reports.facts.resolutions import resolutions
from deskpulse_reports.facts.time_by_status import STATUSES, time_by_status
from deskpulse_reports.facts.words import WAITS, is_unsolved

if TYPE_CHECKING:
    from deskpulse_reports.facts.events import Events
    from deskpulse_reports.facts.history import History
    from deskpulse_reports.facts.settings import Settings

_COUNTS = (
    "agent_replies",
    "public_agent_comments",
    "internal_notes",
    "customer_messages",
    "public_messages",
    "bot_messages",
    "agents_involved",
    "handoffs",
    "surveys_sent",
    "surveys_answered",
    *ASSIGNMENTS,
)


def ticket_facts(
    events: Events, spans: pl.DataFrame, history: History, settings: Settings
) -> pl.DataFrame:
    """The `tickets` table with `row` and `resolved_open`, in the order of rows.

    What only other tables can tell is left out (`effort`). `spans` are those of `stage_spans`.
    """
    contacts = next_contacts(events.tickets, history)
    tickets = _with_account(_joined(events, spans, history, settings), history.accounts)
    tickets = _with_further_messages(_with_first_reply(tickets), events).hstack(contacts)
    tickets = tickets.with_columns(
        pl.Series("calendar", _calendar_names(events)),
        anchor_at=_human_anchor(events, tickets),
        first_held_at=pl.when(pl.col("first_assigned_at") <= pl.col("resolved_at")).then(
            "first_assigned_at"
        ),
    )
    tickets = _with_credit(tickets, events)
    tickets = _with_durations(tickets, events)
    return _with_waits(tickets, spans).with_columns(
        touch=_touch(),
        bot_resolved=_bot_resolved(),
        status=pl.coalesce("status", pl.col("last_status").cast(pl.String)),
        initiated_by=pl.coalesce("initiated_by", "began_by"),
        customer_id="requester_id",
        closed_at=pl.when(pl.col("last_status") == "closed").then("since"),
        history=pl.when(pl.col("stated") | pl.col("reply_stated"))
        .then(pl.lit("stated"))
        .when("observed")
        .then(pl.lit("observed"))
        .otherwise(pl.lit("history")),
    )


def _joined(
    events: Events, spans: pl.DataFrame, history: History, settings: Settings
) -> pl.DataFrame:
    waiting = events.waits.filter(pl.col("ended_at").is_null()).select(
        "row", waiting_since="started_at"
    )
    answers = first_answers(events.messages)
    resolved = resolutions(events.statuses, len(events.tickets))
    parts = (
        message_counts(events.messages, len(events.tickets)),
        answers,
        agents_involved(events.messages),
        resolved,
        assignments(spans, events.tickets, resolved, settings),
        handoffs(events),
        surveys_of(history, events.tickets),
        events.firsts.select("row", "stated", "observed"),
        waiting,
    )
    tickets = events.tickets.rename(
        {"assignee_id": "agent_id", "first_reply_at": "stated_reply_at"}
    )
    tickets = pl.concat(
        [tickets, *(of_each(part, len(tickets)) for part in parts)], how="horizontal"
    )
    running = pl.col("removed_at").is_null()
    waits = running & is_unsolved("last_status")
    return tickets.with_columns(
        pl.col(_COUNTS).fill_null(0),
        running_status=pl.when(running).then("last_status"),
        running_at=pl.when(running).then("since"),
        waiting_since=pl.when(waits & pl.col("waiting_since").is_not_null()).then(
            pl.max_horizontal("waiting_since", "created_at")
        ),
    )


def _with_account(tickets: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    tiers = accounts.select("source", account_id="id", account_tier="tier")
    return tickets.join(tiers, on=["source", "account_id"], how="left", maintain_order="left")


def _with_first_reply(tickets: pl.DataFrame) -> pl.DataFrame:
    stated, seen = pl.col("stated_reply_at"), pl.col("answered_at")
    unseen = pl.col("public_messages") == 0
    reply = pl.when("trusts_stated").then(pl.coalesce(stated, seen)).when(unseen).then(stated)
    return tickets.with_columns(first_reply_at=reply.otherwise(seen)).with_columns(
        first_reply_agent_id=pl.when(pl.col("first_reply_at") == seen).then("answered_by"),
        reply_stated=pl.col("first_reply_at").is_not_null()
        & (pl.col("trusts_stated") | unseen)
        & stated.is_not_null(),
    )


def _with_further_messages(tickets: pl.DataFrame, events: Events) -> pl.DataFrame:
    """Add the customer's messages after the first reply, stated or seen."""
    replied = tickets.select("row", answered_at="first_reply_at").drop_nulls()
    further = further_messages(events.messages, replied)
    return tickets.hstack(of_each(further, len(tickets)).fill_null(0))


def _calendar_names(events: Events) -> pl.Series:
    names = pl.Series(events.clock.calendars.names)
    return names.gather(pl.Series(events.clock.numbers))


def _human_anchor(events: Events, tickets: pl.DataFrame) -> pl.Series:
    """The last bot handoff or reopening before the first reply, else creation."""
    handoffs = events.changes.filter(pl.col("field") == "handoff").select("row", "instant")
    reopens = events.statuses.filter("reopens").select("row", "instant")
    anchors = (
        pl.concat([handoffs, reopens])
        .join(tickets.select("row", "first_reply_at"), on="row")
        .filter(pl.col("instant") < pl.col("first_reply_at"))
        .group_by("row")
        .agg(anchor=pl.col("instant").max())
    )
    return (
        tickets.select("created_at")
        .hstack(of_each(anchors, len(tickets)))
        .select(pl.coalesce("anchor", "created_at"))
        .to_series()
    )


def _with_credit(tickets: pl.DataFrame, events: Events) -> pl.DataFrame:
    replying = events.holders.at(tickets.select("row", instant="first_reply_at"), ["team_id"])
    resolving = events.holders.at(tickets.select("row", instant="resolved_at"))
    return tickets.with_columns(
        first_reply_team_id=replying["team_id"],
        resolved_agent_id=resolving["agent_id"],
        resolved_team_id=resolving["team_id"],
    )


def _with_durations(tickets: pl.DataFrame, events: Events) -> pl.DataFrame:
    def open_at(column: str) -> pl.Series:
        return events.clock.read(tickets["row"], tickets[column])

    created, replied, resolved, first_got, last_got = (
        open_at(column)
        for column in (
            "created_at",
            "first_reply_at",
            "resolved_at",
            "first_assigned_at",
            "last_assigned_at",
        )
    )
    measured = {
        "first_reply": ("first_reply_at", "created_at", replied - created),
        "first_resolution": (
            "first_resolved_at",
            "created_at",
            open_at("first_resolved_at") - created,
        ),
        "full_resolution": ("resolved_at", "created_at", resolved - created),
        "human_response": ("first_reply_at", "anchor_at", replied - open_at("anchor_at")),
        "unassigned": ("first_assigned_at", "created_at", first_got - created),
        "first_assignment": ("resolved_at", "first_held_at", resolved - open_at("first_held_at")),
        "last_assignment": ("resolved_at", "last_assigned_at", resolved - last_got),
    }
    columns = {}
    for name, (end, start, passed) in measured.items():
        columns[f"{name}_s"] = seconds(pl.col(end) - pl.col(start))
        columns[f"{name}_business_s"] = seconds(pl.lit(passed))
    return tickets.with_columns(
        **columns,
        resolved_open=resolved,
        running_open_s=seconds(pl.lit(open_at("running_at"))),
        waiting_open_s=seconds(pl.lit(open_at("waiting_since"))),
    )


def _with_waits(tickets: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Add the time spent in statuses; what belongs to the running status is left to the query."""
    finished = pl.col("ended_at").is_not_null() & (
        pl.col("running_at").is_null() | (pl.col("started_at") < pl.col("running_at"))
    )
    spans = beside(spans, tickets, "running_at")
    columns = {}
    for unit, clock in (("at", "_s"), ("open", "_business_s")):
        passed = pl.col(f"ended_{unit}") - pl.col(f"started_{unit}")
        time = spans.select(pl.when(finished).then(passed).otherwise(0)).to_series()
        table = time_by_status(spans, time, len(tickets))
        for name, statuses in WAITS.items():
            total = table[:, [STATUSES.index(status) for status in statuses]].sum(axis=1)
            columns[f"{name}{clock}"] = seconds(pl.lit(pl.Series(total)))
    return tickets.with_columns(**columns)


def _bot_resolved() -> pl.Expr:
    """Whether a ticket that a bot had is resolved without a public message of an agent."""
    alone = pl.col("resolved_at").is_not_null() & (pl.col("public_agent_comments") == 0)
    return pl.when((pl.col("bot_messages") > 0) | (pl.col("handoffs") > 0)).then(alone)


def _touch() -> pl.Expr:
    """How many replies it took; null unless resolved, and where its messages are not known.

    They are not where none is stored at all, or where a reply is stated and none was seen.
    """
    n = pl.col("agent_replies")
    none = (pl.col("public_messages") == 0) & (pl.col("internal_notes") == 0)
    unseen = none | (pl.col("reply_stated") & (n == 0))
    return pl.when(pl.col("resolved_at").is_not_null() & ~unseen).then(
        pl.when(n == 0)
        .then(pl.lit("zero"))
        .when(n == 1)
        .then(pl.lit("one"))
        .when(n == 2)
        .then(pl.lit("two"))
        .otherwise(pl.lit("multi"))
    )

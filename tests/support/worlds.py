"""Random worlds for the oracle test: small, dense in ties, turns and odd values."""

from __future__ import annotations

import random
from typing import Any

import polars as pl

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.facts import History, Settings, SourceRules
from deskpulse_reports.facts import history as tables
from support.ticket_basis import Row, World

OFFICE = {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in ("mon", "tue", "wed", "fri")}
NIGHTS = {day: [("22:00", "03:30")] for day in ("sat", "sun", "mon")}
CALENDARS = Calendars(
    [
        Calendar("office", "America/New_York", OFFICE, ["2025-11-03"]),
        Calendar("nights", "Australia/Lord_Howe", NIGHTS),
        Calendar("isle", "America/St_Johns", {"sun": [("00:00", "24:00")], **OFFICE}),
    ]
)
MINUTE = 60 * 10**6
START = 1_761_955_200 * 10**6  # 2025-11-01T00:00Z, the eve of New York's autumn change
STATUSES = ["new", "open", "pending", "on_hold", "solved", "closed"]
SOURCES = ["a", "b"]


def settings(rng: random.Random) -> Settings:
    """Rules of the two sources, and who works when."""
    rules = {
        source: SourceRules(
            trust=rng.choice(["history", "history", "stated"]),
            closed_counts_as_resolved=rng.random() < 0.7,
            calendar=rng.choice([None, "office", "nights"]),
            escalation_teams=frozenset(rng.choice([[], ["t2"], ["t2", "t3"]])),
        )
        for source in SOURCES
        if rng.random() < 0.8
    }
    return Settings(
        CALENDARS,
        default_calendar=rng.choice(["", "isle"]),
        sources=rules,
        team_calendars={("a", "t1"): "nights"} if rng.random() < 0.5 else {},
        subjects=rng.random() < 0.8,
        schedules={("a", "s1"): "isle", ("b", "s1"): "office"},
    )


def world(rng: random.Random) -> World:
    """A few tickets with everything that may happen to them."""
    made = World([])
    for n in range(rng.randint(1, 4)):
        ticket = _ticket(rng, rng.choice(SOURCES), str(rng.choice([9, 10, 100]) + n))
        if all((t["source"], t["id"]) != (ticket["source"], ticket["id"]) for t in made.tickets):
            made.tickets.append(ticket)
    for ticket in made.tickets:
        made.messages += [_message(rng, ticket, n) for n in range(rng.randint(0, 7))]
        made.changes += _changes(rng, ticket)
        made.surveys += [_survey(rng, ticket, n) for n in range(rng.randint(0, 2))]
        made.interactions += [_call(rng, ticket, n) for n in range(rng.randint(0, 2))]
        made.worklogs += [_worklog(rng, ticket, n) for n in range(rng.randint(0, 2))]
        made.contacts += _contact(ticket)
    for n in range(rng.randint(0, 6)):
        made.roles.append(
            {
                "source": rng.choice(SOURCES),
                "id": str(n),
                "person_id": rng.choice(["p1", "p2", "p3"]),
                "role": rng.choice(["customer", "agent", "agent", "bot"]),
                "since": rng.choice([None, _instant(rng)]),
            }
        )
    made.accounts = [{"source": s, "id": "acme", "tier": "gold"} for s in SOURCES[:1]]
    for ident in ("unknown", None):
        nowhere = {"source": "a", "id": ident}
        made.surveys.append(_survey(rng, nowhere, 99))
        made.interactions.append(_call(rng, nowhere, 99))
        made.worklogs.append(_worklog(rng, nowhere, 99))
    others = [_ticket(rng, rng.choice(SOURCES), "elsewhere") for _ in range(rng.randint(0, 4))]
    made.contacts += [row for other in others for row in _contact(other)]
    return made


def history(made: World, rng: random.Random | None = None) -> History:
    """The world as frames; with `rng`, rows arrive in another order."""

    def frame(rows: list[Row], schema: Any) -> pl.DataFrame:
        listed = list(rows)
        if rng is not None:
            rng.shuffle(listed)
        return pl.DataFrame(listed, schema=dict(schema))

    return History.of(
        frame(made.tickets, tables.TICKETS),
        messages=frame(made.messages, tables.MESSAGES),
        changes=frame(made.changes, tables.CHANGES),
        surveys=frame(made.surveys, tables.SURVEYS),
        roles=frame(made.roles, tables.ROLES),
        accounts=frame(made.accounts, tables.ACCOUNTS),
        interactions=frame(made.interactions, tables.INTERACTIONS),
        worklogs=frame(made.worklogs, tables.WORKLOGS),
        contacts=frame(made.contacts, tables.CONTACTS),
    )


def _instant(rng: random.Random) -> int:
    """Coarse at times, so that events tie; fine at times, down to the microsecond."""
    if rng.random() < 0.6:
        return START + rng.randint(0, 16) * 240 * MINUTE
    return START + rng.randint(0, 4 * 1440 * MINUTE)


def _ticket(rng: random.Random, source: str, ticket_id: str) -> Row:
    odd = [None, None, None, _instant(rng), _instant(rng), -1, 0, 253402300799 * 10**6]
    removed = rng.random() < 0.25
    return {
        "source": source,
        "id": ticket_id,
        "subject": rng.choice(["Where is it?", None]),
        "status": rng.choice([*STATUSES, None]),
        "priority": rng.choice(["high", None]),
        "kind": None,
        "channel": rng.choice(["email", "chat", None]),
        "reason": rng.choice(["late", None]),
        "tags": rng.choice([["x", "y"], [], None]),
        "brand": "b",
        "language": None,
        "requester_id": rng.choice(["p1", "p4", None]),
        "account_id": rng.choice(["acme", None]),
        "assignee_id": rng.choice(["p2", "p3", None]),
        "team_id": rng.choice(["t1", "t2", None]),
        "initiated_by": rng.choice([None, None, "customer", "agent"]),
        "merged_into": "1" if rng.random() < 0.1 else None,
        "schedule_id": rng.choice([None, None, "s1", "office", "gone"]),
        "created_at": START + rng.randint(0, 4) * 240 * MINUTE,
        "updated_at": rng.choice(odd),
        "first_reply_at": rng.choice(odd),
        "solved_at": rng.choice(odd),
        "closed_at": rng.choice(odd),
        "removed_at": rng.choice(odd) if removed else None,
        "removed_reason": rng.choice(["deleted", "spam", "merged", None]) if removed else None,
    }


def _message(rng: random.Random, ticket: Row, n: int) -> Row:
    return {
        "source": ticket["source"],
        "id": str(n * 5),
        "ticket_id": ticket["id"],
        "sent_at": ticket["created_at"] if n == 0 and rng.random() < 0.7 else _instant(rng),
        "author_id": rng.choice(["p1", "p2", "p3", "p4", None]),
        "author_role": rng.choice([None, None, "customer", "agent", "bot", "system"]),
        "public": rng.random() < 0.8,
        "channel": rng.choice([None, "email", "messaging"]),
        "auto": rng.random() < 0.1,
    }


def _changes(rng: random.Random, ticket: Row) -> list[Row]:
    return [
        _change(rng, ticket, n, field, values)
        for n, (field, values) in enumerate(
            rng.choices(
                [
                    ("status", [*STATUSES, "odd", None]),
                    ("assignee", ["p2", "p3", "", None]),
                    ("team", ["t1", "t2", "t3", None]),
                    ("schedule", ["s1", "office", "gone", None]),
                    ("handoff", ["human"]),
                    ("priority", ["high"]),
                    ("rating", ["good", "bad", "good_with_comment", "offered", "5", "1"]),
                ],
                weights=[8, 2, 2, 1, 1, 1, 2],
                k=rng.randint(0, 9),
            )
        )
    ]


def _change(rng: random.Random, ticket: Row, n: int, field: str, values: list[Any]) -> Row:
    return {
        "source": ticket["source"],
        "id": str(n * 7),
        "ticket_id": ticket["id"],
        "changed_at": ticket["created_at"] if rng.random() < 0.1 else _instant(rng),
        "seq": rng.choice([0, 0, 1]),
        "actor_id": rng.choice(["p1", "p2", "p3", "p4", None]),
        "actor_role": rng.choice([None, None, None, "agent", "system", "customer"]),
        "field": field,
        "old": rng.choice([*values, None]),
        "new": rng.choice(values),
        "observed": rng.random() < 0.2,
    }


def _survey(rng: random.Random, ticket: Row, n: int) -> Row:
    scale = rng.choice([(0.0, 1.0), (1.0, 5.0), (None, None), (None, 5.0), (1.0, 1.0)])
    return {
        "source": ticket["source"],
        "id": f"{ticket['id']}-{n}",
        "kind": rng.choice(["csat", "csat", "fcr", "nps"]),
        "score": rng.choice([None, 0.0, 1.0, 3.0, 4.0, 5.0]),
        "scale_min": scale[0],
        "scale_max": scale[1],
        "higher_is_better": rng.random() < 0.8,
        "ticket_id": ticket["id"],
        "customer_id": rng.choice([None, "p5"]),
        "agent_id": rng.choice([None, "p9"]),
        "team_id": rng.choice([None, "t9"]),
        "sent_at": rng.choice([None, _instant(rng)]),
        "answered_at": rng.choice([None, _instant(rng)]),
        "removed_reason": rng.choice([None, None, None, "deleted"]),
    }


def _call(rng: random.Random, ticket: Row, n: int) -> Row:
    seconds = [None, None, 0.0, 30.5, 600.0, -1.0, float("nan"), float("inf")]
    queued = rng.choice([None, _instant(rng), _instant(rng), 253402300799 * 10**6])
    later = [None, _instant(rng)] if queued is None else [None, queued, queued + 90_500_000]
    answered = rng.choice(later)
    return {
        "source": ticket["source"],
        "id": f"{ticket['id']}-{n}",
        "channel": rng.choice(["voice", "voice", "chat"]),
        "direction": rng.choice(["inbound", "outbound", None]),
        "queued_at": queued,
        "answered_at": answered,
        "ended_at": rng.choice([None, _instant(rng), answered]),
        "wait_s": rng.choice(seconds),
        "talk_s": rng.choice(seconds),
        "hold_s": rng.choice(seconds),
        "wrap_up_s": rng.choice(seconds),
        "outcome": rng.choice(["answered", "abandoned", "missed", None]),
        "agent_id": rng.choice(["p2", None]),
        "team_id": rng.choice(["t1", None]),
        "ticket_id": ticket["id"],
        "customer_id": rng.choice(["p6", None]),
        "removed_reason": rng.choice([None, None, None, "deleted"]),
    }


def _worklog(rng: random.Random, ticket: Row, n: int) -> Row:
    return {
        "source": ticket["source"],
        "id": f"{ticket['id']}-{n}",
        "ticket_id": ticket["id"],
        "agent_id": rng.choice(["p2", None]),
        "started_at": rng.choice([None, _instant(rng), _instant(rng), 0]),
        "spent_s": rng.choice([None, 0.0, 60.25, -5.0, float("nan")]),
        "removed_reason": rng.choice([None, None, None, "deleted"]),
    }


def _contact(ticket: Row) -> list[Row]:
    """What the store gives of a ticket that is a contact of its customer."""
    gone = any(ticket[name] is not None for name in ("removed_at", "removed_reason", "merged_into"))
    if gone or ticket["requester_id"] is None or ticket["initiated_by"] == "agent":
        return []
    return [{name: ticket[name] for name in ("source", "requester_id", "reason", "created_at")}]

"""Random pages of records of every kind over few ids, so that they meet, change and go."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from deskpulse.records import KINDS, Record

START = datetime(2025, 11, 29, tzinfo=UTC)
STATUSES = ["new", "open", "pending", "solved", "closed"]


def page(rng: random.Random, size: int = 12) -> list[Record]:
    """Some records; of one key at most one, as a vendor would send them."""
    made = {}
    for _ in range(size):
        record = _MAKERS[rng.choice(_OFTEN)](rng)
        made[record.kind_name, getattr(record, "record", ""), record.id] = record
    return list(made.values())


def _record(kind: str, **fields: Any) -> Record:
    return KINDS[kind].read(fields)


def _moment(rng: random.Random) -> datetime:
    return START + timedelta(hours=rng.randint(0, 200))


def _maybe(rng: random.Random, *values: Any) -> Any:
    return rng.choice([None, *values])


def _ticket(rng: random.Random) -> Record:
    return _record(
        "ticket",
        id=rng.choice("12345"),
        created_at=_moment(rng),
        updated_at=_moment(rng),
        requester_id=_maybe(rng, "c1", "c1", "c2"),
        account_id=_maybe(rng, "acme"),
        assignee_id=_maybe(rng, "a1"),
        team_id=_maybe(rng, "t1"),
        reason=_maybe(rng, "late"),
        status=rng.choice(STATUSES),
        initiated_by=_maybe(rng, "customer", "agent"),
        merged_into=rng.choice([None, None, None, None, "1"]),
        tags=_maybe(rng, ["x"]),
    )


def _message(rng: random.Random) -> Record:
    return _record(
        "message",
        id=str(rng.randint(1, 9)),
        ticket_id=rng.choice("12345"),
        sent_at=_moment(rng),
        author_id=_maybe(rng, "a1", "c1", "x1"),
        public=rng.random() < 0.8,
        channel=_maybe(rng, "chat"),
    )


def _change(rng: random.Random) -> Record:
    field, values = rng.choice(
        [("status", STATUSES), ("assignee", ["a1", "a2"]), ("team", ["t1", "t2"]), ("tags", ["y"])]
    )
    return _record(
        "change",
        id=str(rng.randint(1, 9)),
        ticket_id=rng.choice("12345"),
        changed_at=_moment(rng),
        actor_id=_maybe(rng, "a1", "c1", "x1"),
        field=field,
        new=rng.choice(values),
    )


def _survey(rng: random.Random) -> Record:
    return _record(
        "survey",
        id=rng.choice("123"),
        ticket_id=_maybe(rng, "1", "2", "gone"),
        customer_id=_maybe(rng, "c1"),
        score=_maybe(rng, 0, 1),
        sent_at=_maybe(rng, _moment(rng)),
        answered_at=_maybe(rng, _moment(rng)),
    )


def _interaction(rng: random.Random) -> Record:
    return _record(
        "interaction",
        id=rng.choice("123"),
        ticket_id=_maybe(rng, "1", "2", "gone"),
        channel=rng.choice(["voice", "chat"]),
        direction=_maybe(rng, "inbound", "outbound"),
        queued_at=_maybe(rng, _moment(rng)),
        talk_s=_maybe(rng, 60.0, -1.0),
        agent_id=_maybe(rng, "a1"),
    )


def _worklog(rng: random.Random) -> Record:
    return _record(
        "worklog",
        id=rng.choice("123"),
        ticket_id=_maybe(rng, "1", "2", "gone"),
        agent_id=_maybe(rng, "a1"),
        started_at=_maybe(rng, _moment(rng)),
        spent_s=_maybe(rng, 60.0),
    )


def _order(rng: random.Random) -> Record:
    return _record(
        "order",
        id=rng.choice("123"),
        account_id=_maybe(rng, "acme"),
        placed_at=_maybe(rng, _moment(rng)),
        total=_maybe(rng, Decimal("9.90")),
        currency="EUR",
        updated_at=_moment(rng),
    )


def _subscription(rng: random.Random) -> Record:
    return _record(
        "subscription",
        id=rng.choice("12"),
        account_id=_maybe(rng, "acme"),
        started_at=_maybe(rng, _moment(rng)),
        mrr=_maybe(rng, Decimal(5)),
        updated_at=_moment(rng),
    )


def _usage(rng: random.Random) -> Record:
    day = date(2025, 11, 30) + timedelta(days=rng.randint(0, 3))
    return _record(
        "usage",
        id=f"c1-{day}",
        customer_id="c1",
        day=day,
        sessions=_maybe(rng, 0, 3, -1),
        activated=_maybe(rng, True),
    )


def _measurement(rng: random.Random) -> Record:
    return _record(
        "measurement",
        id=rng.choice("12"),
        name="visits",
        day=date(2025, 11, 30),
        value=rng.choice([1.0, 2.0]),
        dims=rng.choice([{}, {"network": "x"}]),
    )


def _account(rng: random.Random) -> Record:
    return _record("account", id="acme", tier=_maybe(rng, "gold", "silver"), name="Acme")


def _customer(rng: random.Random) -> Record:
    return _record("customer", id=rng.choice(["c1", "x1"]), account_id=_maybe(rng, "acme"))


def _agent(rng: random.Random) -> Record:
    teams = rng.choice([None, [], ["t1"], ["t1", "t2"]])
    return _record("agent", id=rng.choice(["a1", "a2", "x1"]), team_ids=teams)


def _team(rng: random.Random) -> Record:
    return _record("team", id="t1", department=_maybe(rng, "Sales"))


def _role(rng: random.Random) -> Record:
    return _record(
        "role",
        id=rng.choice("12"),
        person_id=rng.choice(["a1", "c1", "x1"]),
        role=rng.choice(["agent", "customer", "bot"]),
        since=_maybe(rng, _moment(rng)),
    )


def _tombstone(rng: random.Random) -> Record:
    gone = rng.choice(["ticket", "ticket", "survey", "interaction", "worklog", "order", "usage"])
    return _record(
        "tombstone",
        record=gone,
        id=rng.choice("12345"),
        reason=rng.choice(["deleted", "spam", "missing"]),
        gone_at=_maybe(rng, _moment(rng)),
    )


_MAKERS = {
    "ticket": _ticket,
    "message": _message,
    "change": _change,
    "survey": _survey,
    "interaction": _interaction,
    "worklog": _worklog,
    "order": _order,
    "subscription": _subscription,
    "usage": _usage,
    "measurement": _measurement,
    "account": _account,
    "customer": _customer,
    "agent": _agent,
    "team": _team,
    "role": _role,
    "tombstone": _tombstone,
}
_OFTEN = [*_MAKERS, "ticket", "ticket", "ticket", "message", "message", "change", "change"]

"""Lifelike synthetic histories of any size, made with numpy so that making them is quick."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from deskpulse_reports.facts import History

MINUTE = 60_000_000
START = 1_704_067_200 * 10**6
"""2024-01-01T00:00Z."""
TWO_YEARS = 730 * 1440 * MINUTE
AGENTS, TEAMS, CUSTOMERS_A_TICKET = 200, 12, 0.6
FIRST_ID = 1_000_000
ROOM = 100
"""Ids of messages and changes that are set aside for each ticket."""


def synthetic(tickets: int, seed: int = 1, *, first: int = 0, total: int = 0) -> History:
    """`tickets` tickets of two years with 8 messages and 6 changes each on average.

    They are number `first`, `first` + 1, ... of `total` (0: of themselves), whose ids rise with
    time, as vendors' do. Authors' roles are left to Role history; one agent in twenty was a
    customer once.
    """
    rng = np.random.default_rng(seed)
    share = TWO_YEARS / (total or tickets)
    days = rng.integers(int(first * share), int((first + tickets) * share), tickets)
    created = START + np.sort(days)
    customers = max(1, int(tickets * CUSTOMERS_A_TICKET))
    known = int(first * CUSTOMERS_A_TICKET)
    requester = known + rng.integers(0, customers, tickets)
    owner = rng.integers(0, AGENTS, tickets)
    changes, status = _changes(rng, created, owner, first)
    return History.of(
        pl.DataFrame(
            {
                "source": _constant("desk", tickets),
                "id": FIRST_ID + first + np.arange(tickets),
                "status": status,
                "priority": rng.choice(["low", "normal", "high", "urgent"], tickets),
                "channel": rng.choice(["email", "web", "chat", "voice"], tickets),
                "brand": _constant("shop", tickets),
                "reason": _named("reason-", rng.integers(0, 30, tickets)),
                "language": rng.choice(["en", "de"], tickets),
                "requester_id": _named("c", requester),
                "account_id": _named("o", requester % 5000),
                "assignee_id": _named("a", owner),
                "team_id": _named("t", owner % TEAMS),
                "created_at": created,
                "updated_at": created,
            }
        ).with_columns(tags=pl.concat_list("channel", "language")),
        messages=_messages(rng, created, requester, owner, first),
        changes=changes,
        surveys=_surveys(rng, created, first),
        roles=_roles(rng, known + np.arange(customers)),
        accounts=pl.DataFrame(
            {
                "source": _constant("desk", 5000),
                "id": _named("o", np.arange(5000)),
                "tier": rng.choice(["gold", "silver"], 5000),
            }
        ),
    )


def _messages(rng: Any, created: Any, requester: Any, owner: Any, start: int) -> pl.DataFrame:
    size = rng.poisson(7, len(created)) + 1
    ticket = np.repeat(np.arange(len(created)), size)
    first = np.r_[True, ticket[1:] != ticket[:-1]]
    gap = np.where(first, 0, (rng.exponential(400, len(ticket)) * MINUTE).astype(np.int64))
    total = np.cumsum(gap)
    sent = created[ticket] + total - np.repeat(total[first], size)
    by_agent = ~first & (rng.random(len(ticket)) < 0.55)
    author = pl.when(pl.Series(by_agent)).then(_named("a", owner[ticket]))
    return pl.DataFrame(
        {
            "source": _constant("desk", len(ticket)),
            "id": start * ROOM + rng.permutation(len(ticket)),
            "ticket_id": FIRST_ID + start + ticket,
            "sent_at": sent,
            "public": ~by_agent | (rng.random(len(ticket)) < 0.8),
            "auto": rng.random(len(ticket)) < 0.03,
        }
    ).with_columns(author_id=author.otherwise(_named("c", requester[ticket])))


def _changes(rng: Any, created: Any, owner: Any, start: int) -> tuple[pl.DataFrame, Any]:
    turns = rng.poisson(4, len(created))
    ticket = np.repeat(np.arange(len(created)), turns + 2)
    first = np.r_[True, ticket[1:] != ticket[:-1]]
    last = np.r_[ticket[1:] != ticket[:-1], True]
    gap = (rng.exponential(600, len(ticket)) * MINUTE).astype(np.int64)
    total = np.cumsum(gap)
    instant = created[ticket] + total - np.repeat((total - gap)[first], turns + 2)
    middle = rng.choice(["open", "pending", "on_hold", "open", "solved"], len(ticket))
    final = np.where(rng.random(len(ticket)) < 0.9, "solved", "open")
    status = np.where(last, final, middle)
    assigns = first | (~last & (rng.random(len(ticket)) < 0.15))
    agent = np.char.add("a", np.where(first, owner[ticket], (owner[ticket] + 7) % 200).astype(str))
    table = pl.DataFrame(
        {
            "source": _constant("desk", len(ticket)),
            "id": start * ROOM + rng.permutation(len(ticket)),
            "ticket_id": FIRST_ID + start + ticket,
            "changed_at": instant,
            "field": np.where(assigns, "assignee", "status"),
            "new": np.where(assigns, agent, status),
        }
    )
    return table, status[last]


def _surveys(rng: Any, created: Any, start: int) -> pl.DataFrame:
    asked = np.flatnonzero(rng.random(len(created)) < 0.3)
    sent = created[asked] + 3 * 1440 * MINUTE
    answered = rng.random(len(asked)) < 0.4
    return pl.DataFrame(
        {
            "source": _constant("desk", len(asked)),
            "id": start + asked,
            "ticket_id": FIRST_ID + start + asked,
            "kind": _constant("csat", len(asked)),
            "score": np.where(answered, rng.integers(0, 2, len(asked)), np.nan),
            "scale_min": np.zeros(len(asked)),
            "scale_max": np.ones(len(asked)),
            "sent_at": sent,
            "answered_at": np.where(answered, sent + 90 * MINUTE, -1),
        }
    ).with_columns(pl.col("score").fill_nan(None), pl.col("answered_at").replace(-1, None))


def _roles(rng: Any, customers: Any) -> pl.DataFrame:
    promoted = np.arange(0, AGENTS, 20)
    person = pl.concat(
        [
            _named("c", customers),
            _named("a", np.arange(AGENTS)),
            _named("a", promoted),
        ]
    )
    role = ["customer"] * len(customers) + ["agent"] * (AGENTS + len(promoted))
    since: list[int | None] = [None] * (len(customers) + AGENTS)
    for agent in promoted:
        role[len(customers) + agent] = "customer"
    return pl.DataFrame(
        {
            "source": _constant("desk", len(person)),
            "id": np.arange(len(person)),
            "person_id": person,
            "role": role,
            "since": since + [START + int(rng.integers(0, TWO_YEARS)) for _ in promoted],
        }
    )


def _constant(value: str, size: int) -> pl.Series:
    return pl.repeat(value, size, eager=True)


def _named(prefix: str, numbers: Any) -> pl.Series:
    return pl.Series(numbers).cast(pl.String).to_frame("n").select(prefix + pl.col("n")).to_series()

"""Waiting in a queue: Erlang's formulas (CM6).

`load` is the offered traffic in erlangs: arrivals per interval x handle time / interval length.
They hold for queues that are answered at once (calls, chats), and assume that nobody hangs up:
where many do, the wait is overstated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import exp


def blockings(load: float) -> Iterator[float]:
    """Erlang B for 0, 1, 2, ... agents: the share of contacts that find all of them busy.

    The recurrence B(k) = A B(k-1) / (k + A B(k-1)) adds positive numbers only, so that no digit is
    lost however high the load.
    """
    blocked, agents = 1.0, 0
    while True:
        yield blocked
        agents += 1
        blocked = load * blocked / (agents + load * blocked)


def erlang_b(load: float, agents: int) -> float:
    """The share of contacts that find all agents busy and leave. Both 0 or more."""
    _refuse_negative(load, agents)
    return next(islice(blockings(load), agents, None))


def erlang_c(load: float, agents: int) -> float:
    """The probability of waiting when those who find all agents busy queue up.

    1 where agents <= load: the queue then grows without bound and everybody waits.
    """
    _refuse_negative(load, agents)
    if load == 0:
        return 0.0
    return _waiting(load, agents, erlang_b(load, agents)) if agents > load else 1.0


@dataclass(frozen=True, slots=True)
class Service:
    """How a number of agents copes.

    `enough` is false where the queue grows without bound: then there is no wait to speak of, and
    service level and ASA are None. `service_level` and `occupancy` are 0..1; `asa_s` is the average
    speed of answer over all contacts. All three are None without load, occupancy without agents.
    """

    load: float
    agents: int
    enough: bool
    waiting: float | None = None
    service_level: float | None = None
    asa_s: float | None = None
    occupancy: float | None = None


def service(load: float, agents: int, handle_s: float, within_s: float) -> Service:
    """The service that agents give: share answered `within_s`, mean wait, occupancy."""
    _refuse_negative(load, agents)
    if load == 0:
        return Service(load, agents, enough=True, occupancy=0.0 if agents else None)
    if agents <= load:
        return Service(load, agents, enough=False)
    waiting = erlang_c(load, agents)
    return Service(
        load,
        agents,
        enough=True,
        waiting=waiting,
        service_level=_answered(waiting, load, agents, handle_s, within_s),
        asa_s=waiting * handle_s / (agents - load),
        occupancy=load / agents,
    )


def required(
    load: float, handle_s: float, *, share: float = 0.8, within_s: float = 20, cap: float = 0.85
) -> int:
    """The fewest agents that answer `share` of contacts `within_s` and are at most `cap` busy.

    0 without load. Raises ValueError for shares outside 0..1 (share below 1, cap above 0).
    """
    _refuse_negative(load, 0)
    if not (0 <= share < 1 and 0 < cap <= 1):
        raise ValueError(f"it takes 0 <= share < 1 and 0 < cap <= 1; came: {share} and {cap}")
    if load == 0:
        return 0
    return next(
        agents
        for agents, blocked in enumerate(blockings(load))
        if agents > load
        and load <= agents * cap
        and _answered(_waiting(load, agents, blocked), load, agents, handle_s, within_s) >= share
    )


def _waiting(load: float, agents: int, blocked: float) -> float:
    return blocked / (1 - load / agents * (1 - blocked))


def _answered(waiting: float, load: float, agents: int, handle_s: float, within_s: float) -> float:
    return 1 - waiting * exp(-(agents - load) * within_s / handle_s)


def _refuse_negative(load: float, agents: int) -> None:
    if not 0 <= load < float("inf") or agents < 0:
        raise ValueError(f"load and agents are 0 or more; came: {load} erlangs, {agents} agents")

"""Which facts can be compared with a vendor's own numbers, and what is special about each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from deskpulse.errors import ConfigError
from deskpulse_reports.facts.schema import CLOCKED
from deskpulse_reports.facts.words import WAITS
from deskpulse_reports.kpis.names import nearest

Clock = Literal["calendar", "business", ""]

_TITLES = {
    "first_reply": "First reply time",
    "first_resolution": "First resolution time",
    "full_resolution": "Full resolution time",
    "human_response": "Human response time",
    "requester_wait": "Requester wait time",
    "agent_wait": "Agent wait time",
    "on_hold": "On-hold time",
    "agent_work": "Agent work time",
}
_COUNTS = {
    "agent_replies": "Agent replies",
    "public_agent_comments": "Public agent comments",
    "internal_notes": "Internal notes",
    "customer_messages": "Customer messages",
    "reopens": "Reopens",
}
RESOLUTIONS = frozenset({"first_resolution", "full_resolution"})


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact that a `VendorMetric` may be named after.

    `family` is the name without the clock: what can be wrong is the same by both clocks. `clock`
    is empty for counts.
    """

    fact: str
    family: str
    title: str
    unit: Literal["seconds", "count"]
    clock: Clock = ""


def _table() -> dict[str, Compared]:
    made = []
    for family in CLOCKED:
        made.append(Compared(f"{family}_s", family, _TITLES[family], "seconds", "calendar"))
        made.append(
            Compared(f"{family}_business_s", family, _TITLES[family], "seconds", "business")
        )
    made += [Compared(name, name, title, "count") for name, title in _COUNTS.items()]
    return {each.fact: each for each in made}


COMPARED: Mapping[str, Compared] = MappingProxyType(_table())
"""Every fact that can be compared, by its column in the `tickets` facts."""

WAITING = frozenset(WAITS)
"""Families that sum the time spent in some statuses."""


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """The facts that these names mean: a fact, or a family for both its clocks; none: all.

    Raises `ConfigError` with the nearest name.
    """
    wanted = list(names)
    known = {*COMPARED, *(each.family for each in COMPARED.values())}
    for name in wanted:
        if name not in known:
            raise ConfigError(
                f"--metric {name!r} is no metric that can be compared{nearest(name, known)}",
                hint=f"Allowed: {', '.join(sorted(known))}.",
            )
    return tuple(
        each.fact
        for each in COMPARED.values()
        if not wanted or each.fact in wanted or each.family in wanted
    )

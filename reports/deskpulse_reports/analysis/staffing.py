"""Enough people at the right hour: agents needed by weekday and hour, against those there (CM6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean, variance
from typing import Literal

from deskpulse_reports import words
from deskpulse_reports.analysis.erlang import required, service
from deskpulse_reports.analysis.quantile import measured, quantile

Basis = Literal["mean", "p75", "auto"]
WIDE = 2.0
"""`auto` plans for p75 when the variance of the counts is more than this many times their mean."""

Verdict = Literal["enough", "short", "not enough", "no data"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised: `share` (0..1) of contacts answered `within_s`, agents busy at most `cap`.

    `shrinkage` (0..1) is the share of paid time in which a rostered agent is not there: breaks,
    meetings, illness. `concurrency` is how many chats an agent holds at once; 1 for calls.
    """

    share: float = 0.8
    within_s: float = 20
    cap: float = 0.85
    shrinkage: float = 0.3
    concurrency: float = 1


USUAL = Target()
"""80 % within 20 seconds, at most 85 % busy, 30 % shrinkage."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One hour of one weekday (0 Monday).

    `arrivals` is the count planned for, `basis` which one that is; `load` is in erlangs. `needed`
    are the agents to be present, `rostered` with shrinkage. `service_level` (0..1), `asa_s` and
    `occupancy` are what `present` agents give; None where the queue would grow without bound.
    """

    weekday: int
    hour: int
    weeks: int
    arrivals: float | None
    basis: Literal["mean", "p75"] | None
    load: float | None
    needed: int | None
    rostered: int | None
    present: float | None
    service_level: float | None
    asa_s: float | None
    occupancy: float | None
    verdict: Verdict
    words: str


def rostered(agents: int, shrinkage: float) -> int:
    """How many to put on the roster so that `agents` are there. Raises ValueError outside 0..1."""
    if not 0 <= shrinkage < 1:
        raise ValueError(f"shrinkage is a share from 0 to below 1; came: {shrinkage}")
    # 7 / (1 - 0.3) is a hair above 10, and must not cost an eleventh agent
    return ceil(round(agents / (1 - shrinkage), 9))


def planned(counts: Sequence[float], basis: Basis = "auto") -> tuple[float, Literal["mean", "p75"]]:
    """The arrivals to plan for, from the counts of the same hour in several weeks (not empty)."""
    mean = fmean(counts)
    wide = len(counts) > 1 and variance(counts) > WIDE * mean
    if basis == "p75" or (basis == "auto" and wide):
        return quantile(sorted(counts), 0.75) or 0.0, "p75"
    return mean, "mean"


def slot(
    weekday: int,
    hour: int,
    counts: Sequence[float | None],
    handle_s: float | None,
    present: float | None,
    *,
    target: Target = USUAL,
    basis: Basis = "auto",
    interval_s: float = 3600,
) -> Slot:
    """Plan one hour. `counts` holds one count a week, 0 for a quiet one, None for an unknown one.

    `handle_s` is the average handle time; without it, or without counts, there is no figure.
    `present` may be a fraction (2.5 agents on average): only whole agents answer.
    """
    known = measured(counts)
    nothing = Slot(
        weekday, hour, len(known), None, None, None, None, None, present, None, None, None,
        "no data", "no data",
    )  # fmt: skip
    if not known or (any(known) and not handle_s):
        return nothing
    arrivals, chosen = planned(known, basis)
    each = (handle_s or 0.0) / target.concurrency
    load = arrivals * each / interval_s
    needed = required(load, each, share=target.share, within_s=target.within_s, cap=target.cap)
    there = None if present is None else service(load, int(present), each, target.within_s)
    verdict: Verdict = "no data"
    if there is not None:
        verdict = (
            "not enough" if not there.enough else "short" if there.agents < needed else "enough"
        )
    return Slot(
        weekday,
        hour,
        len(known),
        arrivals,
        chosen,
        load,
        needed,
        rostered(needed, target.shrinkage),
        present,
        there.service_level if there else None,
        there.asa_s if there else None,
        there.occupancy if there else None,
        verdict,
        _say(verdict, needed, present),
    )


def plan(
    arrivals: Mapping[tuple[int, int], Sequence[float | None]],
    handle_s: float | Mapping[tuple[int, int], float | None] | None,
    present: Mapping[tuple[int, int], float],
    *,
    target: Target = USUAL,
    basis: Basis = "auto",
) -> tuple[Slot, ...]:
    """Plan each (weekday, hour) that has arrivals or agents, in order of time.

    `handle_s` is one figure for all hours or one per hour. An hour missing from a non-empty
    `present` has nobody; where `present` is empty, it is not known who was there.
    """
    found = []
    for key in sorted({*arrivals, *present}):
        each = handle_s.get(key) if isinstance(handle_s, Mapping) else handle_s
        there = present.get(key, 0) if present else None
        found.append(slot(*key, arrivals.get(key, ()), each, there, target=target, basis=basis))
    return tuple(found)


def ticket_agents(
    arrivals: float, backlog: float, handle_s: float, productive_s: float, clear_in: float = 1
) -> int:
    """Agents for work that may wait (e-mail, tickets), per period.

    The period's arrivals and a part of the backlog, so that it is gone in `clear_in` periods, times
    the handle time, by the seconds one agent works on tickets in a period.
    Raises ValueError where productive_s or clear_in is not above 0.
    """
    if productive_s <= 0 or clear_in <= 0:
        raise ValueError(
            f"productive_s and clear_in are above 0; came: {productive_s} and {clear_in}"
        )
    return ceil(round((arrivals + backlog / clear_in) * handle_s / productive_s, 9))


def _say(verdict: Verdict, needed: int, present: float | None) -> str:
    if present is None:
        return f"needs {words.plural(needed, 'agent')}; not known who is there"
    there = f"{words.number(present)} of {words.plural(needed, 'agent')}"
    match verdict:
        case "not enough":
            return f"not enough: {there}, the queue grows without bound"
        case "short":
            return f"short: {there}"
        case _:
            return f"enough: {words.number(present)} for {needed} needed"

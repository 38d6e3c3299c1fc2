"""From pieces to verdicts: how long each clock ran, when it broke, how it stands or ended.

Arrays are by piece, or by instance where it says so; times are microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskpulse.calendars import Calendars
    from deskpulse_reports.sla.promises import Rule

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEVER = -1
"""Stands for "no such piece" and "no such instant"; all instants here are later than 1970."""


@dataclass(frozen=True)
class Pieces:
    """The columns of `pieces` as arrays; `NEVER` where nothing is promised.

    `group` numbers instances 0, 1, ... in order; `lead` is the first piece of each one.
    """

    group: Ints
    lead: Ints
    begins: Ints
    ends: Ints
    goes_on: Flags
    runs: Flags
    target: Ints
    policy: Ints
    business: Flags
    calendar: Ints
    wall: Ints
    open: Ints
    begins_leg: Ints
    """For each instance the piece with which it began anew: its first, but by `forward`."""

    @property
    def size(self) -> int:
        """How many pieces."""
        return len(self.group)


def arrays(frame: pl.DataFrame, rules: Mapping[str, Rule]) -> Pieces:
    """Read the `pieces`; `rules` by source, `keep_elapsed` where none is given."""
    number = frame["number"].to_numpy()
    lead = np.flatnonzero(np.r_[True, number[1:] != number[:-1]][: len(number)])
    group = np.cumsum(np.r_[False, number[1:] != number[:-1]][: len(number)])
    target = frame["target"].fill_null(NEVER).to_numpy()
    policy = frame["policy"].fill_null(NEVER).to_numpy()
    business = frame["business"].fill_null(value=False).to_numpy()
    rule = frame.select(
        pl.col("source").replace_strict(dict(rules), default="keep_elapsed", return_dtype=pl.String)
    ).to_series()
    promised = target != NEVER
    leg = lead.copy()
    moving = np.flatnonzero((rule == "forward").to_numpy() & promised)
    if moving.size:
        same = group[moving[1:]] == group[moving[:-1]]
        before, after = moving[:-1][same], moving[1:][same]
        other = (
            (target[before] != target[after])
            | (business[before] != business[after])
            | (policy[before] != policy[after])
        )
        leg[group[after[other]]] = after[other]  # in order, so the last one stays
    return Pieces(
        group=group,
        lead=lead,
        begins=frame["begins"].to_numpy(),
        ends=frame["ends"].fill_null(frame["begins"]).to_numpy(),
        goes_on=frame["ends"].is_null().to_numpy(),
        runs=frame["runs"].to_numpy(),
        target=target,
        policy=policy,
        business=business,
        calendar=frame["calendar"].to_numpy(),
        wall=frame["wall"].to_numpy(),
        open=frame["open"].to_numpy(),
        begins_leg=leg,
    )


@dataclass(frozen=True)
class Verdicts:
    """What became of each instance.

    `last`: the last piece with a target (NEVER: nothing was promised); `dropped`: pieces without a
    target follow it. `elapsed` at its end, or when it began where that piece goes on.
    """

    last: Ints
    dropped: Flags
    elapsed: Ints
    breached_at: Ints
    due_at: Ints


def verdicts(pieces: Pieces, calendars: Calendars) -> Verdicts:
    """What became of each instance."""
    count = len(pieces.lead)
    place = np.arange(pieces.size, dtype=np.int64)
    promised = pieces.target != NEVER
    last = _last(promised, pieces.group, count)
    end = np.r_[pieces.lead[1:], pieces.size] - 1 if count else pieces.lead
    before = _before(pieces)
    passed = np.where(pieces.business, pieces.open, pieces.wall)
    number = np.where(pieces.business, pieces.calendar, 0)
    left = pieces.target - before
    leg = pieces.begins_leg[pieces.group]
    counts = promised & (place >= leg)
    in_time = counts & (left >= 0)
    reached = np.full(pieces.size, NEVER, dtype=np.int64)
    over = counts & (left < 0)
    reached[over] = pieces.begins[over]
    breaks = in_time & pieces.runs & (passed > left) & ~pieces.goes_on
    reached[breaks] = _add(calendars, number[breaks], pieces.begins[breaks], left[breaks])
    since = _last(in_time, pieces.group, count)
    broken = (reached != NEVER) & (place >= since[pieces.group])
    first = _first(broken, pieces.group, count)
    breached_at = np.where(first == NEVER, NEVER, reached[first])
    elapsed = np.where(last == NEVER, 0, before[last] + passed[last])
    due_at = np.full(count, NEVER, dtype=np.int64)
    open_ended = (last != NEVER) & (last == end)
    open_ended &= pieces.goes_on[last] & pieces.runs[last]
    asked = last[open_ended]
    due_at[open_ended] = np.where(
        breached_at[open_ended] != NEVER,
        breached_at[open_ended],
        _add(calendars, number[asked], pieces.begins[asked], np.maximum(left[asked], 0)),
    )
    return Verdicts(last, (last != NEVER) & (last != end), elapsed, breached_at, due_at)


def _before(pieces: Pieces) -> Ints:
    """What had passed in the leg before each piece, by the clock of the piece's own target."""
    found = []
    for passed in (pieces.wall, pieces.open):
        total = np.cumsum(passed) - passed
        found.append(total - total[pieces.begins_leg][pieces.group])
    return np.where(pieces.business, found[1], found[0])


def _add(calendars: Calendars, number: Ints, instant: Ints, spans: Ints) -> Ints:
    """When the open time will have passed; `NEVER` where that is after 2100."""
    try:
        return calendars.add(number, instant, spans)
    except ValueError:
        found = np.full(len(instant), NEVER, dtype=np.int64)
        for i in range(len(instant)):
            try:
                found[i] = calendars.add(number[i], instant[i], spans[i])
            except ValueError:
                continue
        return found


def _first(chosen: Flags, group: Ints, count: int) -> Ints:
    """The first chosen piece of each instance; NEVER where there is none."""
    found = np.full(count, NEVER, dtype=np.int64)
    places = np.flatnonzero(chosen)[::-1]
    found[group[places]] = places
    return found


def _last(chosen: Flags, group: Ints, count: int) -> Ints:
    """The last chosen piece of each instance; NEVER where there is none."""
    found = np.full(count, NEVER, dtype=np.int64)
    places = np.flatnonzero(chosen)
    found[group[places]] = places
    return found

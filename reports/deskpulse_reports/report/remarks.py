"""What stands beside a value besides its statistics, in words."""

from __future__ import annotations

from deskpulse_reports import words
from deskpulse_reports.analysis.benchmark import Band
from deskpulse_reports.kpis.result import Change, KpiResult, KpiRow
from deskpulse_reports.kpis.target import Judgement

COLUMNS = {"complete": "", "change": "change", "benchmark": "usual", "target": "target"}
"""Heading of each extra; an empty one shares the column of another."""


def remark(row: KpiRow, extra: str, result: KpiResult) -> str:
    """The words of one extra of a row; empty where there is none."""
    match extra:
        case "change":
            return change(row.change, result)
        case "benchmark":
            return usual(row.benchmark, result)
        case "target":
            return target(row.target, result)
        case _:
            return ""


def change(found: Change | None, result: KpiResult) -> str:
    """`up 12 % (...) vs 40 on Tue 10 Jun 2025, n=40`."""
    if found is None:
        return ""
    before = words.value(found.before, result.unit, result.clock)
    counted = f", {words.sample(found.n)}" if found.n != found.before else ""
    return f"{found.words}; vs {before} on {words.span(found.start, found.end)}{counted}"


def usual(band: Band | None, result: KpiResult) -> str:
    """`12 to 20, median 16 (11 before): above`."""
    if band is None:
        return "too little history"
    low, median, high = (
        words.value(value, result.unit, result.clock) for value in (band.p25, band.median, band.p75)
    )
    place = f": {band.place}" if band.place else ""
    return f"{low} to {high}, median {median} ({band.n} before){place}"


def target(found: Judgement | None, result: KpiResult) -> str:
    """`warn (goal 1 h or less)`."""
    if found is None:
        return ""
    side = "or less" if found.direction == "lower" else "or more"
    goal = words.value(found.goal, result.unit, result.clock)
    share = "" if found.within is None else f"; {words.percent(found.within)} within"
    return f"{found.status or words.NO_DATA} (goal {goal} {side}{share})"


def _when(basis: str) -> str:
    """What puts a value into its period; a stock is counted at a moment, not by an event."""
    if basis == "now":
        return "as it stands now"
    return f"at the {basis}" if basis.startswith(("end of", "start of")) else f"counted by {basis}"


def caption(result: KpiResult) -> str:
    """What the numbers of an answer are, of when and by whose clock, in one line."""
    headline = "median, " if "median" in result.statistics else ""
    clock = f"{result.clock} clock, " if result.clock else ""
    attribution = "" if result.attribution == "event" else " (attribution: created)"
    parts = [row for row in result.rows if row.complete is False]
    so_far = (
        ""
        if not parts
        else ", not complete"
        if len(parts) == len(result.rows)
        else (f", * not complete ({len(parts)} of {len(result.rows)} rows)")
    )
    note = f". {result.note}" if result.note else ""
    if "target" in result.extras and not any(row.target for row in result.rows):
        note += f". No target is set: write {result.kpi} = ... under [targets]"
    return (
        f"{headline}{clock}{_when(result.time_basis)}{attribution}, "
        f"{words.span(result.first, result.last)}, {result.zone}"
        f"{so_far}{note}"
    )

"""What a route knows after a verdict: the row `announcement` that follows from it. Pure."""

from __future__ import annotations

from dataclasses import replace

from deskpulse.alerts.decision import Case, Verdict
from deskpulse.alerts.grouping import Bundle
from deskpulse.alerts.told import Told


def kept_quiet(case: Case, verdict: Verdict) -> Told:
    """Nothing is told: the reason is kept, and since when something waits."""
    told = replace(case.told, reason=verdict.reason, detail=verdict.detail, until=verdict.until)
    if verdict.reason == "group wait":
        return replace(told, wanted_at=told.wanted_at or case.now, settled=False)
    if verdict.reason == "quiet hours" and not told.running:
        return replace(told, held_at=told.held_at or case.now, settled=False)
    over = not case.alert.fires and not told.running and case.alert.closed_at is not None
    if over or verdict.reason == "no route":
        return replace(told, settled=True, wanted_at=None, held_at=None)
    return told


def told_now(case: Case, verdict: Verdict, bundle: Bundle, grouping: str, messages: int) -> Told:
    """Something is told as message number `messages` of the bundle's thread."""
    told, alert = case.told, case.alert
    ended = verdict.kind in {"resolved", "note"}
    begins = not told.running
    return replace(
        told,
        state="resolved" if ended else "flapping" if verdict.reason == "flapping" else "firing",
        settled=ended,
        thread=bundle.thread,
        size=bundle.size if begins else told.size,
        level=alert.level,
        rank=alert.rank,
        acknowledged=verdict.reason == "acknowledged"
        or (told.acknowledged and verdict.reason == "eased"),
        told_at=case.now,
        begun_at=case.now if begins else told.begun_at,
        messages=messages,
        repeats=told.repeats + 1 if verdict.reason == "repeat" else 0,
        wanted_at=None,
        held_at=None,
        grouping=grouping if begins else told.grouping,
        reason=verdict.reason,
        detail=verdict.detail,
        until=None,
    )

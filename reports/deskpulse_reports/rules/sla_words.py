"""What a warning about an SLA clock says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from deskpulse.message import Figure, Figures, Part, Tickets
from deskpulse.records import Ticket
from deskpulse_reports import safe, words
from deskpulse_reports.rules import said
from deskpulse_reports.rules.desk import Desk
from deskpulse_reports.rules.judging import freshness
from deskpulse_reports.rules.running import Run
from deskpulse_reports.sla.clock import SlaClock

METRICS: Mapping[str, str] = MappingProxyType(
    {
        "first_reply_time": "First reply",
        "next_reply_time": "Next reply",
        "periodic_update_time": "Update",
        "pausable_update_time": "Update",
        "requester_wait_time": "Requester wait",
        "agent_work_time": "Agent work",
        "total_resolution_time": "Resolution",
        "ownership_time": "Ownership",
    }
)
"""What the metrics of a promise are called."""


def name(clock: SlaClock) -> str:
    """`First reply of support/4711`."""
    metric = METRICS.get(clock.metric) or safe.clean(clock.metric.replace("_", " ").capitalize())
    return f"{metric} of {said.reference(clock.source, clock.ticket_id)}"


def standing(clock: SlaClock, run: Run, desk: Desk) -> str:
    """`is due in 25 min (10:45, Mon)`, `is 12 min late (due 10:45, Mon)`, or that it is paused."""
    left = clock.target_s - run.now_s
    due = clock.breached_at or clock.due_at
    if left < 0 or clock.state == "breached":
        late = said.lasting(max(-left, 0), clock.clock)
        return f"is {late} late (due {said.when(due, desk)})" if due else f"is {late} late"
    if clock.paused:
        return f"is paused with {said.lasting(left, clock.clock)} left"
    told = f"is due in {said.lasting(left, clock.clock)}" if left else "is due now"
    return f"{told} ({said.when(due, desk)})" if due else told


def outcome(clock: SlaClock) -> str:
    """How a clock that is over ended."""
    match clock.state:
        case "cancelled" | "not_started":
            reason = safe.clean(clock.reason)
            return f"cancelled: {reason}" if reason else "cancelled"
        case "achieved":
            return "met in time"
        case _:
            late = max(clock.elapsed_s - clock.target_s, 0)
            return f"met late by {said.lasting(late, clock.clock)}"


def summary(
    clock: SlaClock, run: Run, ticket: Ticket | None, desk: Desk, *, guessed: bool = False
) -> str:
    """The whole warning in one sentence; it begins with the title.

    `guessed`: the data ends before the deadline, and a second sentence says so.
    """
    share = words.percent(run.now_s / clock.target_s, 0) if clock.target_s else "all"
    used = f"{share} of {said.lasting(clock.target_s, clock.clock)} used"
    holder = ticket.assignee_id if ticket else clock.agent_id
    about = [
        used,
        clock.priority or "",
        said.team_name(desk, clock.source, clock.team_id),
        said.agent_name(desk, clock.source, holder),
    ]
    known = ", ".join(part for part in about if part)
    told = f"{name(clock)} {standing(clock, run, desk)}: {known}."
    return f"{told} {known_to(clock, desk)}" if guessed else told


def known_to(clock: SlaClock, desk: Desk) -> str:
    """Up to when the data says that nobody has answered."""
    complete = freshness(desk, clock.source).complete_to
    until = (
        "nothing" if complete is None else f"only what happened up to {said.when(complete, desk)}"
    )
    return f"Of {safe.clean(clock.source)} {until} is known: what ended it since is not seen yet."


def parts(clock: SlaClock, run: Run, ticket: Ticket | None, desk: Desk) -> tuple[Part, ...]:
    """The promise in figures, and the ticket."""
    left = clock.target_s - run.now_s
    figures = (
        Figure("Promised", words.duration(clock.target_s, clock.clock), note=_hours(clock)),
        Figure(
            "Passed",
            words.duration(run.now_s, clock.clock),
            delta=words.percent(run.now_s / clock.target_s, 0) if clock.target_s else None,
            tone="bad" if left < 0 else "neutral",
        ),
        Figure("Left" if left >= 0 else "Late by", words.duration(abs(left), clock.clock)),
    )
    how = standing(clock, run, desk).removeprefix("is ")
    return (line(clock, ticket, desk, how), Figures(figures))


def line(clock: SlaClock, ticket: Ticket | None, desk: Desk, note: str) -> Tickets:
    """The ticket, with how its clock stands."""
    return said.ticket_line(clock.source, clock.ticket_id, ticket, desk, note=note)


def labels(clock: SlaClock, ticket: Ticket | None, desk: Desk) -> dict[str, str]:
    """What routes and silences go by: also the metric and the policy."""
    found = said.labels(
        clock.source,
        ticket,
        priority=clock.priority,
        team=clock.team_id,
        agent=clock.agent_id,
        metric=clock.metric,
        policy=clock.policy or None,
    )
    return said.with_team(found, desk)


def _hours(clock: SlaClock) -> str:
    return "open time" if clock.clock == "business" else "around the clock"

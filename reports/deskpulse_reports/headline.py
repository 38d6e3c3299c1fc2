"""The first sentence of a report or digest: the numbers said as a colleague would say them."""

from __future__ import annotations

from dataclasses import dataclass

from deskpulse_reports import words


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast customers were answered, seconds; `statistic` names which value it is."""

    seconds: float | None
    before: float | None = None
    cases: int | None = None
    statistic: str = "median"
    minimum: int = words.MINIMUM_SAMPLE
    clock: str = "calendar"


def sentence(
    when: str, came_in: float | None, resolved: float | None, reply: Pace, versus: str
) -> str:
    """Say volume, then speed, then how speed changed; what is unknown is not mentioned.

    `Yesterday 42 tickets came in and 38 were resolved; first reply took 38 min (median), 12 %
    faster than the Monday before.`
    """
    if came_in is None and resolved is None:
        return f"{when} there is no data."
    if not came_in and not resolved:
        flow = f"{when} no ticket came in and none was resolved"
    elif resolved is None:
        flow = f"{when} {words.plural(came_in or 0, 'ticket')} came in"
    else:
        flow = f"{when} {words.plural(came_in or 0, 'ticket')} came in and {_resolved(resolved)}"
    return f"{flow}{_reply(reply, versus)}."


def _resolved(amount: float) -> str:
    if amount == 0:
        return "none was resolved"
    return f"{words.number(amount)} {'was' if amount == 1 else 'were'} resolved"


def _reply(reply: Pace, versus: str) -> str:
    if reply.seconds is None:
        return ""
    took = words.duration(reply.seconds, reply.clock)
    said = f"; first reply took {took} ({reply.statistic})"
    compared = pace(reply, versus)
    return f"{said}, {compared}" if compared else said


def pace(reply: Pace, versus: str) -> str:
    """`12 % faster than ...`; below the minimum sample the plain difference; empty if unknown."""
    if reply.seconds is None or reply.before is None:
        return ""
    difference = reply.seconds - reply.before
    if reply.cases is not None and reply.cases < reply.minimum:
        said = words.duration(abs(difference), reply.clock)
        if said == words.duration(0):
            return f"as fast as {versus}"
        return f"{said} {'less' if difference < 0 else 'more'} than {versus}"
    share = difference / reply.before * 100 if reply.before else 0.0
    if round(share) == 0:
        return f"as fast as {versus}"
    return f"{abs(share):,.0f} % {'faster' if share < 0 else 'slower'} than {versus}"

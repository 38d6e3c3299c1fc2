"""What should have arrived, by the desk's own file, against what did."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.alerts_drill.desk import Desk
from benchmarks.alerts_drill.row import Row
from benchmarks.alerts_drill.sinks import Arrival, repeats

RESOLVED, DIGEST = "Resolved", "Drill: "


def judge(row: Row, desk: Desk, arrivals: list[Arrival], digests: int = 0, by_hand: int = 0) -> Row:
    """Each ticket's breach and end at both sinks, each digest at both; repeats must say so.

    Every ticket of the desk was answered too late, and nothing waits in the outbox any more. So
    many days as `by_hand` says may besides have been told of by hand alone.
    """
    known = heard(arrivals)
    wanted = {
        (sink, token, over)
        for sink in ("slack", "mail")
        for token in desk.tickets
        for over in ([False, True] if token in desk.answers else [False])
    }
    days = {(each.sink, _day(each)) for each in arrivals if is_digest(each)}
    row.expected += len(wanted) + 2 * digests
    row.lost += len(wanted - known) + max(0, 2 * digests - len(days))
    most = 2 * (digests + by_hand)
    row.must(len(days) <= most, f"{len(days)} digests instead of {most}")
    again, silent = repeats(arrivals)
    row.repeated += again
    row.unmarked += len(silent)
    if silent:
        row.wrong.append(f"as {silent[0].sink} {silent[0].title[:60]!r}")
    if wanted - known:
        row.wrong.append(f"not heard: {sorted(wanted - known)[:2]}")
    early = [each for each in _firsts(arrivals).values() if RESOLVED in each]
    row.must(not early, f"{len(early)} ends before their beginnings")
    states = desk.states()
    row.must(set(states) <= {"sent", "dropped"}, f"the outbox holds {states}")
    return row


def heard(arrivals: Iterable[Arrival]) -> set[tuple[str, str, bool]]:
    """Which sink was told of which ticket that its promise broke (False) or was met (True).

    A digest names tickets, too, and tells of neither.
    """
    return {
        (arrival.sink, token, RESOLVED in arrival.title)
        for arrival in arrivals
        if not is_digest(arrival)
        for token in arrival.tokens
    }


def is_digest(arrival: Arrival) -> bool:
    """Whether it is the scheduled digest."""
    return arrival.title.startswith(DIGEST)


def _day(digest: Arrival) -> str:
    """`Sun 25 Oct 2026` of a digest's title."""
    return digest.title.removeprefix(DIGEST).partition(":")[0]


def _firsts(arrivals: Iterable[Arrival]) -> dict[tuple[str, str], str]:
    """The title of what each sink heard first of each ticket."""
    found: dict[tuple[str, str], str] = {}
    for arrival in arrivals:
        for token in () if is_digest(arrival) else arrival.tokens:
            found.setdefault((arrival.sink, token), arrival.title)
    return found

"""Life at the desk: everybody's next step in one queue, taken in the order of time."""

from __future__ import annotations

import heapq
from random import Random

from deskpulse_connectors.simulators.freshdesk.desk import Desk
from deskpulse_connectors.simulators.freshdesk.story import Course, Story
from deskpulse_connectors.simulators.freshdesk.team import Team
from deskpulse_connectors.simulators.zendesk import rhythm
from deskpulse_connectors.simulators.zendesk.hours import Hours


class Life:
    """Arrivals and every ticket's story. What happens depends on the seed alone."""

    def __init__(
        self, desk: Desk, team: Team, hours: Hours, *, seed: int, begin: int, end: int, tickets: int
    ) -> None:
        self._desk, self._team, self._hours, self._seed = desk, team, hours, seed
        self._queue: list[tuple[int, int, Course]] = []
        self._counter = 0
        self._floor = begin
        self._add(begin, self._arrivals(begin, end, tickets))

    def until(self, now: int) -> None:
        """Take every step that is due by `now`; overdue ones happen no earlier than allowed."""
        queue = self._queue
        while queue and queue[0][0] <= now:
            due, number, course = heapq.heappop(queue)
            try:
                following = course.send(max(due, self._floor))
            except StopIteration:
                continue
            heapq.heappush(queue, (following, number, course))

    def nothing_before(self, instant: int) -> None:
        """From now on nothing happens earlier than `instant`: that past is written."""
        self._floor = max(self._floor, instant)

    def _add(self, due: int, course: Course) -> None:
        next(course)
        self._counter += 1
        heapq.heappush(self._queue, (due, self._counter, course))

    def _arrivals(self, begin: int, end: int, tickets: int) -> Course:
        at = yield begin
        number = 0
        for due in rhythm.spread(self._dice(0), begin, end, tickets):
            at = yield due
            number += 1
            self._add(at, self._story(number).tell())
        per_week = tickets * 7 * 86_400 / max(end - begin, 1)
        if not per_week:
            return
        for due in rhythm.onward(self._seed, end, per_week):
            at = yield due
            number += 1
            self._add(at, self._story(number).tell())

    def _story(self, number: int) -> Story:
        return Story(self._desk, self._team, self._hours, self._dice(number))

    def _dice(self, number: int) -> Random:
        return Random(self._seed * 7_919 + number)  # noqa: S311 lifelike, repeatable data

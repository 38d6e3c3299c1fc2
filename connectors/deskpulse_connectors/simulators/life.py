"""Life at a desk: everybody's next step in one queue, taken in the order of time."""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Generator
from random import Random

from deskpulse_connectors.simulators import rhythm
from deskpulse_connectors.simulators.clock import WEEK

Course = Generator[int, int, None]
"""Yields when it wants to go on, is sent the time at which it does."""


class Life(ABC):
    """A queue of courses. Subclasses say what arrives.

    What happens depends only on the seed, never on how time is cut into pieces: `tickets` arrivals
    from `begin` to `end`, and as many a week from then on.
    """

    def __init__(self, seed: int, begin: int, end: int, tickets: int) -> None:
        self._seed = seed
        self._floor = begin
        self._counter = 0
        self._queue: list[tuple[int, int, Course]] = []
        self.add(begin, self._arrivals(begin, end, tickets))

    @abstractmethod
    def arrive(self, at: int, number: int) -> None:
        """Somebody asks for help, as the first (1), second, ... to do so."""

    def add(self, due: int, course: Course) -> None:
        """Begin a course at `due`."""
        next(course)
        self._counter += 1
        heapq.heappush(self._queue, (due, self._counter, course))

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

    def dice(self, number: int) -> Random:
        """Dice for the course with this number."""
        return Random(self._seed * 7_919 + number)  # noqa: S311 lifelike, repeatable data

    def _arrivals(self, begin: int, end: int, tickets: int) -> Course:
        at = yield begin
        number = 0
        for due in rhythm.spread(self.dice(0), begin, end, tickets):
            at = yield due
            number += 1
            self.arrive(at, number)
        weeks = (end - begin) / WEEK
        if not (tickets and weeks):
            return
        for due in rhythm.onward(self._seed, end, tickets / weeks):
            at = yield due
            number += 1
            self.arrive(at, number)

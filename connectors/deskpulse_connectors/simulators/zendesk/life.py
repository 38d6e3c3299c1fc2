"""Life at the desk: everybody's next step in one queue, taken in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Generator
from random import Random

from deskpulse_connectors.simulators.zendesk import rhythm
from deskpulse_connectors.simulators.zendesk.case import Case
from deskpulse_connectors.simulators.zendesk.desk import Desk
from deskpulse_connectors.simulators.zendesk.story import tell
from deskpulse_connectors.simulators.zendesk.team import Team

Course = Generator[int, int, None]
"""Yields when it wants to go on, is sent the time at which it does."""

FOLLOW_UPS = 10**9
"""Follow-ups have their own dice, numbered from here by the ticket they follow."""


class Life:
    """Arrivals, every ticket's story, and what happens to the team.

    What happens depends only on the seed, never on how time is cut into pieces. `talk` scales how
    much is said per ticket.
    """

    def __init__(
        self, desk: Desk, team: Team, *, seed: int, begin: int, end: int, tickets: int, talk: float
    ) -> None:
        self.desk = desk
        self.team = team
        self.seed = seed
        self.talk = talk
        self._floor = begin
        self._counter = 0
        self._queue: list[tuple[int, int, Course]] = []
        weeks = (end - begin) / (7 * 86_400)
        self.add(begin, self._arrivals(begin, end, tickets, tickets / weeks if weeks else 0.0))
        if tickets:
            self.add(begin, self._team_changes(begin, end))

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
        return Random(self.seed * 7_919 + number)  # noqa: S311 lifelike, repeatable data

    def _arrivals(self, begin: int, end: int, tickets: int, per_week: float) -> Course:
        at = yield begin
        number = 0
        for due in rhythm.spread(self.dice(0), begin, end, tickets):
            at = yield due
            number += 1
            self._arrive(at, number)
        if not tickets:
            return
        for due in rhythm.onward(self.seed, end, per_week):
            at = yield due
            number += 1
            self._arrive(at, number)

    def _arrive(self, at: int, number: int) -> None:
        self._begin(at, self.dice(number), None)

    def _follow_up(self, at: int, origin: int) -> None:
        self._begin(at, self.dice(origin + FOLLOW_UPS), origin)

    def _begin(self, at: int, dice: Random, origin: int | None) -> None:
        case = Case(
            self.desk,
            self.team,
            dice,
            talk=self.talk,
            follow_up=self._follow_up,
            origin=origin,
        )
        self.add(at, tell(case))

    def _team_changes(self, begin: int, end: int) -> Course:
        """One agent leaves; one organization gets another name."""
        at = yield begin
        desk, team = self.desk, self.team
        at = yield begin + (end - begin) // 3
        organization = next(iter(desk.organizations.values()))
        desk.save_organization(organization, at, name="Company 001 (renamed)")
        at = yield team.leaves_at
        if team.leaver:
            leaver = desk.users[team.leaver]
            desk.save_user(leaver, at, role="end-user", role_type=None, default_group_id=None)

"""Life at the simulated Zendesk: every ticket's story, and the team's."""

from __future__ import annotations

from random import Random

from deskpulse_connectors.simulators import life
from deskpulse_connectors.simulators.zendesk.case import Case
from deskpulse_connectors.simulators.zendesk.desk import Desk
from deskpulse_connectors.simulators.zendesk.story import tell
from deskpulse_connectors.simulators.zendesk.team import Team

FOLLOW_UPS = 10**9
"""Follow-ups have their own dice, numbered from here by the ticket they follow."""


class Life(life.Life):
    """Arrivals, every ticket's story, and what happens to the team.

    `talk` scales how much is said per ticket.
    """

    def __init__(
        self, desk: Desk, team: Team, *, seed: int, begin: int, end: int, tickets: int, talk: float
    ) -> None:
        self.desk = desk
        self.team = team
        self.talk = talk
        super().__init__(seed, begin, end, tickets)
        if tickets:
            self.add(begin, self._team_changes(begin, end))

    def arrive(self, at: int, number: int) -> None:
        """Somebody asks for help."""
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

    def _team_changes(self, begin: int, end: int) -> life.Course:
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

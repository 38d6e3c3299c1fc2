"""Life at the simulated Freshdesk: every ticket's story."""

from __future__ import annotations

from deskpulse_connectors.simulators import life
from deskpulse_connectors.simulators.freshdesk.desk import Desk
from deskpulse_connectors.simulators.freshdesk.story import Story
from deskpulse_connectors.simulators.freshdesk.team import Team
from deskpulse_connectors.simulators.hours import Hours


class Life(life.Life):
    """Arrivals and every ticket's story."""

    def __init__(
        self, desk: Desk, team: Team, hours: Hours, *, seed: int, begin: int, end: int, tickets: int
    ) -> None:
        self._desk, self._team, self._hours = desk, team, hours
        super().__init__(seed, begin, end, tickets)

    def arrive(self, at: int, number: int) -> None:
        """Somebody asks for help."""
        story = Story(self._desk, self._team, self._hours, self.dice(number))
        self.add(at, story.tell())

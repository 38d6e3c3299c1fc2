"""One ticket's case: what its story knows, and how long people take in it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from random import Random

from deskpulse_connectors.simulators import words
from deskpulse_connectors.simulators.zendesk.desk import Desk
from deskpulse_connectors.simulators.zendesk.team import Team
from deskpulse_connectors.simulators.zendesk.ticket import Ticket

MINUTE, HOUR, DAY = 60, 3600, 86_400
PACE = {"low": 1.8, "normal": 1.0, "high": 0.5, "urgent": 0.15, None: 1.2}
"""How much longer than usual a ticket of this priority waits."""

Step = Generator[int, int, int]
"""Yields when it wants to go on, is sent when it does, returns the time of its last act."""


class Over(Exception):
    """The ticket was closed, merged or deleted by somebody else meanwhile."""


class Case:
    """What the parts of a story share.

    Every decision is drawn from `dice`, so that a story depends on nothing but its own number.
    `talk` scales how much is said. `origin`: the closed ticket that this one follows up.
    """

    def __init__(
        self,
        desk: Desk,
        team: Team,
        dice: Random,
        *,
        talk: float,
        follow_up: Callable[[int, int], None],
        origin: int | None = None,
    ) -> None:
        self.desk = desk
        self.team = team
        self.dice = dice
        self.talk = talk
        self.follow_up = follow_up
        self.origin = origin
        self.reason = dice.choices(words.REASONS, [reason.weight for reason in words.REASONS])[0]
        self.number = dice.randrange(10_000, 99_999)
        self.agent = 0
        self.rating: int | None = None
        self.ticket: Ticket

    def wait(self, due: int) -> Step:
        """Go on at `due`. Over if somebody ended the ticket before."""
        at = yield due
        if self.ticket.deleted is not None or self.ticket.stages[-1][1] == "closed":
            raise Over
        return at

    def due(self, at: int, typical_s: float) -> int:
        """When the team gets to it: in open hours, at any hour if it is urgent."""
        priority = self.ticket.data["priority"]
        seconds = self.dice.lognormvariate(0.0, 0.9) * typical_s * PACE[priority]
        if priority == "urgent":
            return at + int(seconds) + MINUTE
        return self.desk.hours.later(at, seconds + MINUTE)

    def patience(self, typical_s: float) -> int:
        """After how many seconds a customer reacts."""
        return int(min(self.dice.lognormvariate(0.0, 1.0) * typical_s, 20 * DAY)) + MINUTE

    def say(self, choices: tuple[str, ...]) -> str:
        """Something suitable to write."""
        return self.dice.choice(choices).format(n=self.number)

    def customer_writes(self, at: int) -> None:
        """The customer adds something, and the ticket is open again."""
        data = self.ticket.data
        self.desk.update(
            at,
            self.ticket,
            data["requester_id"],
            via=data["via"]["channel"],
            comment=self.say(words.CUSTOMER_NEXT),
            status="open",
        )

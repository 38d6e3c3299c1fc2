"""The story of one ticket, from its arrival to its end."""

from __future__ import annotations

from collections.abc import Generator
from random import Random

from deskpulse_connectors.simulators import words
from deskpulse_connectors.simulators.freshdesk import ids
from deskpulse_connectors.simulators.freshdesk.desk import Desk
from deskpulse_connectors.simulators.freshdesk.team import Team
from deskpulse_connectors.simulators.freshdesk.ticket import Ticket, new_ticket
from deskpulse_connectors.simulators.hours import Hours
from deskpulse_connectors.simulators.life import Course

Turn = Generator[int, int, int]
"""A part of a course; returns the time of its last act."""

MINUTE, HOUR, DAY = 60, 3600, 86_400
SOURCES = (ids.EMAIL, ids.PORTAL, ids.PHONE, ids.FEEDBACK, ids.WEB_CHAT, ids.UNHEARD_OF)
SHARES = (50, 25, 6, 8, 8, 3)
KINDS = ("Question", "Incident", "Problem", "Feature Request", "Refund", None)
RATINGS = (103, 103, 102, 101, 100, -101, -103)
WAITING = (ids.PENDING, ids.PENDING, ids.ON_CUSTOMER, ids.ON_THIRD_PARTY)


class Story:
    """Every decision is drawn from `dice`, so that a story depends on nothing but its number."""

    def __init__(self, desk: Desk, team: Team, hours: Hours, dice: Random) -> None:
        self.desk = desk
        self.team = team
        self.hours = hours
        self.dice = dice
        self.reason = dice.choices(words.REASONS, [each.weight for each in words.REASONS])[0]
        self.number = dice.randrange(10_000, 99_999)
        self.agent = 0
        self.ticket: Ticket

    def tell(self) -> Course:
        """Begin, and go on whenever the yielded time has come."""
        at = yield 0
        outbound = self.dice.random() < 0.06
        self._arrive(at, outbound=outbound)
        roll = self.dice.random()
        if roll < 0.03:
            at = yield at + self.dice.randrange(5 * MINUTE, 5 * HOUR)
            self.desk.remove(at, self.ticket, spam=True)
            return
        for turn in range(12):
            if self._is_over():
                return
            if turn or not outbound:
                at = yield from self._agent_turn(at)
            if self.ticket.status not in ids.DONE and not self._is_over():
                at = yield from self._customer_turn(at)
            if self.ticket.status in ids.DONE:
                at = yield from self._afterwards(at)
                if self.ticket.status in ids.DONE:
                    break
        if roll > 0.98:
            at = yield at + self.dice.randrange(HOUR, 3 * DAY)
            self.desk.remove(at, self.ticket, spam=False)

    def _arrive(self, at: int, *, outbound: bool) -> None:
        desk, dice = self.desk, self.dice
        requester = self.team.customer(at, dice)
        if outbound:
            self.agent = self.team.agent(dice)
        source = ids.OUTBOUND if outbound else dice.choices(SOURCES, SHARES)[0]
        subject = dice.choice(self.reason.subjects).format(n=self.number)
        text = dice.choice(words.CUSTOMER_FIRST).format(s=subject + ".", n=self.number)
        data = new_ticket(
            next(desk.ids.ticket),
            at,
            subject=subject,
            requester=requester,
            source=source,
            status=ids.PENDING if outbound else ids.OPEN,
            priority=dice.choices((1, 2, 3, 4), (20, 50, 20, 10))[0],
            kind=dice.choice(KINDS),
            agent=self.agent or None,
            group=dice.choice([None, *desk.groups]),
            tags=[self.reason.tag],
        )
        self.ticket = desk.open(at, data, text, self.agent or requester["id"])
        if source == ids.WEB_CHAT:  # chats tell their first message twice
            desk.say(at, self.ticket, requester["id"], text, incoming=True)

    def _agent_turn(self, at: int) -> Turn:
        desk, dice, ticket = self.desk, self.dice, self.ticket
        at = yield self._due(at, 1.5 * HOUR)
        if self._is_over():
            return at
        if not self.agent or dice.random() < 0.1:
            self.agent = self.team.agent(dice, ticket.data["group_id"])
        desk.set(at, ticket, self.team.admin, responder_id=self.agent)
        if dice.random() < 0.2:
            at = yield self._due(at, 0.4 * HOUR)
            desk.say(at, ticket, self.agent, self._words(words.AGENT_NOTE), private=True)
        if dice.random() < 0.05:
            at = yield at + MINUTE
            desk.set(at, ticket, None, priority=4)
        at = yield self._due(at, 0.3 * HOUR)
        if self._is_over():
            return at
        desk.say(at, ticket, self.agent, self._words(words.AGENT_REPLY))
        done = dice.random() < 0.5
        desk.set(at, ticket, self.agent, status=ids.RESOLVED if done else dice.choice(WAITING))
        if dice.random() < 0.5:
            desk.log_time(at, ticket, self.agent, dice.randrange(2, 95))
        return at

    def _customer_turn(self, at: int) -> Turn:
        dice, ticket = self.dice, self.ticket
        at = yield at + int(dice.lognormvariate(0, 1) * 6 * HOUR) + MINUTE
        if self._is_over():
            return at
        if dice.random() < 0.15:
            self.desk.set(at, ticket, None, status=ids.CLOSED)
            return at
        self._write(at)
        if dice.random() < 0.1:
            at = yield at + dice.randrange(MINUTE, HOUR)
            self.desk.say(at, ticket, None, words.AUTO_GREETING, auto=True)
        return at

    def _afterwards(self, at: int) -> Turn:
        """After solving: some rate it, some write again, and after four days it is closed."""
        desk, dice, ticket = self.desk, self.dice, self.ticket
        if dice.random() < 0.35:
            at = yield at + dice.randrange(HOUR, DAY)
            desk.rate(at, ticket, dice.choice(RATINGS), dice.choice(words.GOOD))
        if dice.random() < 0.1:
            at = yield at + dice.randrange(HOUR, 2 * DAY)
            if not self._is_over():
                self._write(at)
            return at
        at = yield at + 4 * DAY
        if ticket.status == ids.RESOLVED and not self._is_over():
            desk.set(at, ticket, None, status=ids.CLOSED)
        return at

    def _write(self, at: int) -> None:
        author = self.ticket.data["requester_id"]
        text = self._words(words.CUSTOMER_NEXT)
        self.desk.say(at, self.ticket, author, text, incoming=True)
        self.desk.set(at, self.ticket, author, status=ids.OPEN)

    def _words(self, choices: tuple[str, ...]) -> str:
        return self.dice.choice(choices).format(n=self.number)

    def _due(self, at: int, typical_s: float) -> int:
        """When the team gets to it: in open hours, at any hour if it is urgent."""
        seconds = int(self.dice.lognormvariate(0, 0.8) * typical_s) + MINUTE
        urgent = self.ticket.data["priority"] == 4
        return at + seconds // 4 + MINUTE if urgent else self.hours.later(at, seconds)

    def _is_over(self) -> bool:
        return self.ticket.deleted or self.ticket.spam

"""Changes at random, for drills: everything that can happen to a desk, in any order."""

from __future__ import annotations

from random import Random

from deskpulse_connectors.simulators import words
from deskpulse_connectors.simulators.freshdesk import ids
from deskpulse_connectors.simulators.freshdesk.desk import Desk
from deskpulse_connectors.simulators.freshdesk.team import Team
from deskpulse_connectors.simulators.freshdesk.ticket import Ticket


class Meddler:
    """Changes something that exists."""

    def __init__(self, desk: Desk, team: Team, dice: Random) -> None:
        self._desk, self._team, self._dice = desk, team, dice
        self._acts = (
            self._reply,
            self._reply,
            self._customer,
            self._note,
            self._status,
            self._status,
            self._hand_over,
            self._priority,
            self._delete,
            self._spam,
            self._restore,
            self._rate,
            self._log,
            self._rename,
        )

    def meddle(self, at: int) -> None:
        """One random change at `at`."""
        tickets = list(self._desk.tickets.values())
        self._dice.choice(self._acts)(at, self._dice.choice(tickets))

    def tie(self, at: int, count: int) -> None:
        """A bulk edit changes `count` tickets within one second."""
        there = [each for each in self._desk.tickets.values() if not (each.deleted or each.spam)]
        for ticket in self._dice.sample(there, min(count, len(there))):
            tags = [*ticket.data["tags"], f"bulk_{at}"]
            self._desk.set(at, ticket, self._team.admin, tags=tags)

    def _agent(self) -> int:
        return self._team.agent(self._dice)

    def _reply(self, at: int, ticket: Ticket) -> None:
        agent = self._agent()
        self._desk.say(at, ticket, agent, self._dice.choice(words.AGENT_REPLY).format(n=at))
        self._desk.set(at, ticket, agent, status=self._dice.choice(tuple(ids.STATUS_LABELS)))

    def _customer(self, at: int, ticket: Ticket) -> None:
        author = ticket.data["requester_id"]
        self._desk.say(at, ticket, author, words.CUSTOMER_NEXT[0], incoming=True)
        self._desk.set(at, ticket, author, status=ids.OPEN)

    def _note(self, at: int, ticket: Ticket) -> None:
        self._desk.say(at, ticket, self._agent(), words.AGENT_NOTE[1], private=True)

    def _status(self, at: int, ticket: Ticket) -> None:
        status = self._dice.choice(tuple(ids.STATUS_LABELS))
        self._desk.set(at, ticket, self._agent(), status=status)

    def _hand_over(self, at: int, ticket: Ticket) -> None:
        group = self._dice.choice(list(self._desk.groups))
        self._desk.set(at, ticket, self._agent(), responder_id=self._agent(), group_id=group)

    def _priority(self, at: int, ticket: Ticket) -> None:
        self._desk.set(at, ticket, None, priority=self._dice.randrange(1, 5))

    def _delete(self, at: int, ticket: Ticket) -> None:
        self._desk.remove(at, ticket, spam=False)

    def _spam(self, at: int, ticket: Ticket) -> None:
        self._desk.remove(at, ticket, spam=True)

    def _restore(self, at: int, ticket: Ticket) -> None:
        self._desk.restore(at, ticket)

    def _rate(self, at: int, ticket: Ticket) -> None:
        self._desk.rate(at, ticket, self._dice.choice((103, 100, -103)), None)

    def _log(self, at: int, ticket: Ticket) -> None:
        self._desk.log_time(at, ticket, self._agent(), self._dice.randrange(1, 200))

    def _rename(self, at: int, ticket: Ticket) -> None:
        contact = self._desk.contacts[ticket.data["requester_id"]]
        self._desk.rename(at, contact, f"{contact['name'].split(' /')[0]} / {at}")

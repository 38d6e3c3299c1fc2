"""Changes at random, for drills: everything that can happen to a desk, in any order."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from deskpulse_connectors.simulators import words
from deskpulse_connectors.simulators.zendesk.desk import SYSTEM, Desk
from deskpulse_connectors.simulators.zendesk.team import Team
from deskpulse_connectors.simulators.zendesk.ticket import Ticket

Act = Callable[[int, Ticket], None]


class Meddler:
    """Changes something that exists; closed tickets are only touched, tagged or deleted."""

    def __init__(self, desk: Desk, team: Team, dice: Random) -> None:
        self._desk = desk
        self._team = team
        self._dice = dice
        self._acts: tuple[Act, ...] = (
            self._reply,
            self._reply,
            self._note,
            self._status,
            self._priority,
            self._hand_over,
            self._tag,
            self._touch,
            self._delete,
            self._merge,
            self._rename,
        )

    def meddle(self, at: int) -> None:
        """One random change at `at`."""
        candidates = list(self._desk.tickets.values())
        ticket = self._dice.choice(candidates)
        for _ in range(20):
            if ticket.deleted is None and ticket.stages[-1][1] != "closed":
                break
            ticket = self._dice.choice(candidates)
        act = self._dice.choice(self._acts)
        if ticket.deleted is not None or (
            ticket.stages[-1][1] == "closed" and act not in (self._touch, self._delete)
        ):
            act = self._touch
        act(at, ticket)

    def tie(self, at: int, count: int) -> None:
        """A bulk job updates `count` tickets within one second."""
        present = [each for each in self._desk.tickets.values() if each.deleted is None]
        for ticket in self._dice.sample(present, min(count, len(present))):
            tags = [*ticket.data["tags"], f"bulk_{at}"]
            self._desk.update(at, ticket, self._team.admin, via="api", tags=tags)

    def _agent(self, at: int) -> int:
        return self._team.agent(self._dice.choice(words.GROUPS), at, self._dice)

    def _reply(self, at: int, ticket: Ticket) -> None:
        text = self._dice.choice(words.AGENT_REPLY).format(n=at)
        status = self._dice.choice(("open", "pending", "solved"))
        self._desk.update(at, ticket, self._agent(at), comment=text, status=status)

    def _note(self, at: int, ticket: Ticket) -> None:
        text = self._dice.choice(words.AGENT_NOTE).format(n=at)
        self._desk.update(at, ticket, self._team.light, comment=text, public=False)

    def _status(self, at: int, ticket: Ticket) -> None:
        status = self._dice.choice(("open", "pending", "hold", "solved"))
        self._desk.update(at, ticket, self._agent(at), status=status)

    def _priority(self, at: int, ticket: Ticket) -> None:
        priority = self._dice.choice(("low", "normal", "high", "urgent"))
        self._desk.update(at, ticket, SYSTEM, via="rule", priority=priority)

    def _hand_over(self, at: int, ticket: Ticket) -> None:
        agent = self._agent(at)
        group = self._desk.users[agent]["default_group_id"]
        self._desk.update(at, ticket, self._team.admin, assignee_id=agent, group_id=group)

    def _tag(self, at: int, ticket: Ticket) -> None:
        tags = [*ticket.data["tags"], f"seen_{at}"]
        self._desk.update(at, ticket, self._team.admin, tags=tags)

    def _touch(self, at: int, ticket: Ticket) -> None:
        self._desk.touch(at, ticket)

    def _delete(self, at: int, ticket: Ticket) -> None:
        self._desk.delete(at, ticket, self._team.admin)

    def _merge(self, at: int, ticket: Ticket) -> None:
        others = [
            each
            for each in self._desk.tickets.values()
            if each.deleted is None and each.stages[-1][1] != "closed" and each is not ticket
        ]
        if others:
            self._desk.merge(at, ticket, self._dice.choice(others), self._team.admin)

    def _rename(self, at: int, ticket: Ticket) -> None:
        requester = self._desk.users[ticket.data["requester_id"]]
        self._desk.save_user(requester, at, name=f"{requester['name'].split(' /')[0]} / {at}")

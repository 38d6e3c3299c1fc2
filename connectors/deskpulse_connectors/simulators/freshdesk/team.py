"""Who there is: agents in groups, customers in companies."""

from __future__ import annotations

from random import Random
from typing import Any

from deskpulse_connectors.simulators.freshdesk import ids, people
from deskpulse_connectors.simulators.freshdesk.desk import Desk
from deskpulse_connectors.simulators.town import address

GROUPS = ("First line", "Billing", "Technical")
TIERS = ("Basic", "Premium", "Enterprise")


class Team:
    """The people of the account, all there before history begins; more customers come later."""

    def __init__(
        self, desk: Desk, at: int, *, agents: int, companies: int, customers: int, town: bool
    ) -> None:
        self.desk = desk
        self._town = town
        self.customers = customers
        for number, name in enumerate(GROUPS):
            ident = next(desk.ids.group)
            desk.groups[ident] = people.group(ident, name, at, ids.HOURS if number else None)
        groups = list(desk.groups)
        for number in range(agents):
            ident = next(desk.ids.person)
            name = f"Agent {number + 1:02d}"
            desk.agents[ident] = people.agent(
                ident, name, at, groups=[groups[number % len(groups)]], occasional=number == 1
            )
        for number in range(companies):
            ident = next(desk.ids.company)
            name, tier = f"Company {number + 1:03d}", TIERS[number % len(TIERS)]
            desk.companies[ident] = people.company(ident, name, at, tier)

    @property
    def admin(self) -> int:
        """The agent to whom the API key belongs."""
        return min(self.desk.agents)

    def agent(self, dice: Random, group: int | None = None) -> int:
        """Somebody of a group, or of all."""
        found = [
            ident
            for ident, each in self.desk.agents.items()
            if group is None or group in each["group_ids"]
        ]
        return dice.choice(found)

    def customer(self, at: int, dice: Random) -> dict[str, Any]:
        """One who wrote before, or a new one."""
        contacts = self.desk.contacts
        if contacts and (len(contacts) >= self.customers or dice.random() < 0.4):
            return dice.choice(list(contacts.values()))
        ident = next(self.desk.ids.person)
        company = dice.choice([None, *self.desk.companies])
        # not in the order of their ids: lists by name are in no order of change either
        name = f"Customer {ident * 7919 % 100_000:05d}"
        email = address(len(contacts) + 1) if self._town else f"customer{ident}@mail.example"
        contacts[ident] = people.contact(ident, name, email, at, company)
        return contacts[ident]

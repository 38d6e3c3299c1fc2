"""Who there is: agents in groups, customers in organizations."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from deskpulse_connectors.simulators.town import address
from deskpulse_connectors.simulators.words import GROUPS
from deskpulse_connectors.simulators.zendesk import people
from deskpulse_connectors.simulators.zendesk.desk import Desk

VIP_SHARE = 10
"""One customer in so many is a VIP."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the team and its customer base are."""

    agents: int = 12
    customers: int = 240
    organizations: int = 30

    @classmethod
    def of(cls, tickets: int, weeks: float) -> Size:
        """A team that can cope with so many tickets; twelve agents at least."""
        per_week = tickets / weeks
        agents = max(12, round(per_week / 40))
        customers = max(240, tickets // 6)
        return cls(agents, customers, max(30, customers // 8))


@dataclass(slots=True)
class Team:
    """The people of the account. `leaver` leaves at `leaves_at`; `light` only writes notes."""

    desk: Desk
    size: Size
    founded: int
    leaves_at: int
    admin: int = 0
    light: int = 0
    leaver: int = 0
    groups: dict[str, int] = field(default_factory=dict)
    agents: dict[str, list[int]] = field(default_factory=dict)
    _organizations: list[int] = field(default_factory=list)
    _customers: dict[int, int] = field(default_factory=dict)

    def found(self) -> None:
        """Set up groups, agents and organizations, all before history begins."""
        desk, at = self.desk, self.founded
        for name in GROUPS:
            ident = next(desk.ids.group)
            self.groups[name] = ident
            desk.groups[ident] = people.group(ident, name, at, default=name == GROUPS[0])
        self.admin = self._staff("Admin 01", "admin", GROUPS[0])
        for number in range(1, self.size.agents + 1):
            group = GROUPS[number % len(GROUPS)]
            light = number == self.size.agents
            ident = self._staff(f"Agent {number:02d}", "agent", group, light=light)
            if light:
                self.light = ident
                continue
            self.agents.setdefault(group, []).append(ident)
            if number == 7:
                self.leaver = ident
        for number in range(1, self.size.organizations + 1):
            ident = next(desk.ids.organization)
            made = people.organization(
                ident, f"Company {number:03d}", f"company{number:03d}.example", at + number
            )
            desk.save_organization(made, at + number)
            self._organizations.append(ident)

    def agent(self, group: str, at: int, dice: Random) -> int:
        """Somebody of the group who is still with us."""
        crew = self.agents.get(group) or self.agents[GROUPS[0]]
        chosen = dice.choice(crew)
        if chosen != self.leaver or at < self.leaves_at:
            return chosen
        others = [ident for ident in crew if ident != self.leaver]
        return dice.choice(others or self.agents[GROUPS[0]])

    def customer(self, at: int, dice: Random) -> dict[str, Any]:
        """A customer; somebody who writes for the first time becomes a user now."""
        number = min(int(dice.paretovariate(1.1) * 3), self.size.customers)
        if dice.random() < 0.8:
            number = dice.randint(1, self.size.customers)
        known = self._customers.get(number)
        if known is not None:
            return self.desk.users[known]
        ident = next(self.desk.ids.person)
        self._customers[number] = ident
        organization = None
        if number % 3:
            organization = self._organizations[number % len(self._organizations)]
        made = people.user(
            ident,
            f"Customer {number:03d}",
            address(number),
            "end-user",
            at,
            organization=organization,
        )
        if number % VIP_SHARE == 0:
            made["tags"] = ["vip"]
        return self.desk.save_user(made, at)

    def _staff(self, name: str, role: str, group: str, *, light: bool = False) -> int:
        ident = next(self.desk.ids.person)
        email = name.lower().replace(" ", "") + "@desk.example"
        at = self.founded
        made = people.user(ident, name, email, role, at, group=self.groups[group], light=light)
        self.desk.save_user(made, at)
        return ident

"""The simulated Freshdesk account."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

from deskpulse_connectors.simulators.clock import WEEK, YEAR, SimClock
from deskpulse_connectors.simulators.freshdesk.changes import Meddler
from deskpulse_connectors.simulators.freshdesk.desk import Desk
from deskpulse_connectors.simulators.freshdesk.life import Life
from deskpulse_connectors.simulators.freshdesk.team import Team
from deskpulse_connectors.simulators.freshdesk.truth import truth
from deskpulse_connectors.simulators.freshdesk.vendor import FEATURES, Role, Vendor
from deskpulse_connectors.simulators.hours import Hours, local
from deskpulse_connectors.simulators.limits import Limit
from deskpulse_connectors.simulators.living import LivingDesk

START = datetime(2026, 3, 2, tzinfo=UTC)


class FreshdeskSimulator(LivingDesk[Life, Vendor]):
    """A help desk with a past, and a life that goes on as its clock advances.

    `tickets` arrive in the `weeks` after `start`; the clock then stands at the end of these weeks
    (`running`: and goes on with real time). `account_limit`: credits a minute of the whole
    account, `list_limit`: requests a minute to the list of tickets, and as many to that of
    contacts; 0 switches a limit off; `window_s`: how long their minute is. `most_pages`: after how
    many pages a list ends. `role`, `scope`: of the agent behind the key. `features`: what the plan
    has of `vendor.FEATURES`. `town`: customers have the addresses of `simulators.town`.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        tickets: int = 400,
        start: datetime = START,
        weeks: float = 8,
        account_limit: int = 200,
        list_limit: int = 20,
        window_s: float = 60.0,
        most_pages: int = 300,
        role: Role = "admin",
        scope: int = 1,
        features: frozenset[str] = FEATURES,
        agents: int = 9,
        companies: int = 25,
        customers: int = 240,
        first_ticket: int = 101,
        town: bool = False,
        running: bool = False,
        port: int = 0,
        compress: bool = False,
    ) -> None:
        begin = int(start.timestamp())
        end = begin + int(weeks * WEEK)
        super().__init__(SimClock(end, running=running), seed=seed, port=port, compress=compress)
        founded = begin - YEAR
        self.desk = Desk(first_ticket)
        self.team = Team(
            self.desk,
            founded,
            agents=agents,
            companies=companies,
            customers=customers,
            town=town,
        )
        self.life = Life(
            self.desk,
            self.team,
            Hours(local(begin).date()),
            seed=seed,
            begin=begin,
            end=end,
            tickets=tickets,
        )
        self.meddler = Meddler(self.desk, self.team, Random(seed + 1))  # noqa: S311 repeatable
        self.account = Vendor(
            self.desk,
            self.team,
            self.clock,
            lambda: self.url,
            account=Limit(account_limit, window_s),
            lists_of={name: Limit(list_limit, window_s) for name in ("tickets", "contacts")},
            most_pages=most_pages,
            role=role,
            scope=scope,
            features=features,
            founded=founded,
        )
        self.catch_up()

    @property
    def key(self) -> str:
        """The API key."""
        return self.account.key

    @property
    def credentials(self) -> dict[str, str]:
        """Everything a client may sign in with."""
        return {"key": self.key}

    def expire_tokens(self) -> None:
        """The owner of the key has it made anew: the old one is worth nothing."""
        self.account.key = f"{self.account.key.rpartition('-')[0]}-{len(self.requests) + 1}"

    def held(self) -> dict[str, Any]:
        """What a perfect sync holds at this moment; see `truth.truth` for its keys."""
        return truth(self.desk, self.clock.now())

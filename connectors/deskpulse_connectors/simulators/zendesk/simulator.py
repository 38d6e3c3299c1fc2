"""The simulated Zendesk Support account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

from deskpulse_connectors.simulators.clock import WEEK, YEAR, SimClock
from deskpulse_connectors.simulators.hours import Hours, local
from deskpulse_connectors.simulators.limits import Limit
from deskpulse_connectors.simulators.living import LivingDesk
from deskpulse_connectors.simulators.zendesk import people
from deskpulse_connectors.simulators.zendesk.auth import Tokens
from deskpulse_connectors.simulators.zendesk.changes import Meddler
from deskpulse_connectors.simulators.zendesk.desk import Csat, Desk, MetricSet
from deskpulse_connectors.simulators.zendesk.life import Life
from deskpulse_connectors.simulators.zendesk.team import Size, Team
from deskpulse_connectors.simulators.zendesk.truth import truth
from deskpulse_connectors.simulators.zendesk.vendor import Role, Vendor

START = datetime(2026, 3, 2, tzinfo=UTC)


class ZendeskSimulator(LivingDesk[Life, Vendor]):
    """A help desk with a past, and a life that goes on as its clock advances.

    `tickets` arrive in the `weeks` after `start`; the clock then stands at the end of these weeks
    (`running`: and goes on with real time). `budget`: incremental exports per minute, all of them
    together; `account_limit`: all requests per minute; 0 switches a limit off; `window_s`: how
    long their minute is. `talk` scales how much is said per ticket. `csat`: which kind of survey
    the account uses. `role`: of the user behind the credentials.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        tickets: int = 400,
        start: datetime = START,
        weeks: float = 8,
        budget: int = 10,
        account_limit: int = 700,
        window_s: float = 60.0,
        csat: Csat = "legacy",
        role: Role = "admin",
        talk: float = 1.0,
        size: Size | None = None,
        first_ticket: int = 10_001,
        running: bool = False,
        port: int = 0,
        compress: bool = False,
    ) -> None:
        begin = int(start.timestamp())
        end = begin + int(weeks * WEEK)
        super().__init__(SimClock(end, running=running), seed=seed, port=port, compress=compress)
        founded = begin - YEAR
        self.tokens = Tokens()
        self.desk = Desk(Hours(local(begin).date()), first_ticket=first_ticket, csat=csat)
        self.team = Team(
            self.desk,
            size or Size.of(tickets, weeks),
            founded,
            leaves_at=begin + (end - begin) * 6 // 10,
        )
        self.team.found()
        self.life = Life(
            self.desk, self.team, seed=seed, begin=begin, end=end, tickets=tickets, talk=talk
        )
        self.meddler = Meddler(self.desk, self.team, Random(seed + 1))  # noqa: S311 repeatable
        self.account = Vendor(
            self.desk,
            self.tokens,
            self.clock,
            lambda: self.url,
            exports_limit=Limit(budget, window_s),
            account_limit=Limit(account_limit, window_s),
            role=role,
            founded=founded,
            admin=self.team.admin,
        )
        self.catch_up()

    # --- credentials -------------------------------------------------------------------------

    @property
    def token(self) -> str:
        """A bearer token without an end (until `expire_tokens`)."""
        return self.tokens.token

    @property
    def credentials(self) -> dict[str, str]:
        """Everything a client may sign in with."""
        tokens = self.tokens
        return {
            "token": tokens.token,
            "client_id": tokens.client_id,
            "client_secret": tokens.client_secret,
            "refresh_token": tokens.refresh_token,
            "email": tokens.email,
            "api_token": tokens.api_token,
        }

    def expire_tokens(self) -> None:
        """Make every access token given out so far invalid."""
        self.tokens.expire()

    # --- life --------------------------------------------------------------------------------

    def tie_organizations(self, count: int) -> None:
        """An import creates `count` organizations within this one second."""
        with self.guard:
            at = self.second()
            for number in range(count):
                ident = next(self.desk.ids.organization)
                name = f"Imported {number:04d}"
                self.desk.save_organization(
                    people.organization(ident, name, f"imported{number}.example", at), at
                )

    def misreport(self, ticket: int, wrong: Callable[[MetricSet], MetricSet]) -> None:
        """From now on the vendor's own numbers of this ticket are what `wrong` makes of them."""
        with self.guard:
            self.desk.misreported[ticket] = wrong
            self.desk.touch(self.second(), self.desk.tickets[ticket])

    def held(self) -> dict[str, Any]:
        """What a perfect sync holds at this moment; see `truth.truth` for its keys."""
        return truth(self.desk, self.clock.now())

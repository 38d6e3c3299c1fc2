"""The settings of a Freshdesk source: where the account is, its plan, what its codes mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, field_validator

from deskpulse.connector import Connector
from deskpulse.records.tickets import Status

Plan = Literal["trial", "growth", "pro", "enterprise"]
NumericId = Annotated[str, StringConstraints(pattern=r"^\d+$")]
FIRST_DAY = datetime(2010, 1, 1, tzinfo=UTC)
"""Before there was a Freshdesk. A list without `updated_since` holds only the last 30 days."""

MOST_ROWS = 100
"""The most rows of a page; without `per_page` there are 30."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Requests a minute: of the account, and to each of the lists of tickets and contacts."""

    account: int
    lists: int


PLANS: Mapping[Plan, Allowed] = MappingProxyType(
    {
        "trial": Allowed(50, 20),
        "growth": Allowed(200, 20),
        "pro": Allowed(400, 100),
        "enterprise": Allowed(700, 200),
    }
)
"""Source: Freshworks' support article 225439. The lists of a trial are not told; the least."""


class FreshdeskConfig(Connector.Config):
    """Settings of `[sources.X]` with `use = "freshdesk"`."""

    domain: str = Field(
        description='The account: "acme" for https://acme.freshdesk.com, or a domain of your own.'
    )
    api_key: SecretStr = Field(
        description="API key of an agent who sees all tickets; an admin's, to read everything."
    )
    plan: Plan = Field(
        "growth", description="The plan of the account, which says how much may be asked."
    )
    requests_per_minute: int | None = Field(
        None, ge=1, le=100_000, description="Requests a minute, if they differ from the plan's."
    )
    lists_per_minute: int | None = Field(
        None,
        ge=1,
        le=100_000,
        description="Pages of tickets, and of contacts, a minute, if they differ from the plan's.",
    )
    start: date | None = Field(
        None, description="Read nothing that last changed before this day (UTC)."
    )
    per_page: int = Field(MOST_ROWS, ge=1, le=MOST_ROWS, description="Rows in a page of a list.")
    descriptions: bool = Field(
        default=False,
        description="Also ask for the text of first messages, if `[privacy] bodies` keeps texts.",
    )
    activities: bool = Field(
        default=False,
        description="Also read the daily export of ticket activities, for the whole history.",
    )
    metrics: bool = Field(
        default=True,
        description="Also keep what Freshdesk says of first replies and resolutions, to compare.",
    )
    statuses: dict[NumericId, Status] = Field(
        default_factory=dict,
        description="Number of a custom status to what it means here, such as on_hold.",
    )
    fields: dict[str, str] = Field(
        default_factory=dict,
        description='Custom field to a name; "reason" and "language" fill the ticket\'s own.',
    )
    brands: dict[NumericId, str] = Field(
        default_factory=dict, description="Product id to the name that reports show."
    )

    @field_validator("domain")
    @classmethod
    def _address(cls, domain: str) -> str:
        bare = domain.strip().rstrip("/").removesuffix("/api/v2")
        if not re.fullmatch(r"(https?://)?[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?", bare):
            raise ValueError(
                f'{domain!r} is neither a name such as "acme" nor "support.acme.example"'
            )
        return bare

    @property
    def desk(self) -> str:
        """The account's address without a path, where agents work."""
        if "://" in self.domain:
            return self.domain
        host = self.domain if "." in self.domain else f"{self.domain}.freshdesk.com"
        return f"https://{host}"

    @property
    def allowed(self) -> Allowed:
        """What may be asked a minute: by the settings, else by the plan."""
        plan = PLANS[self.plan]
        account = self.requests_per_minute or plan.account
        return Allowed(account, self.lists_per_minute or min(plan.lists, account))

    @property
    def since(self) -> datetime:
        """The first instant to read."""
        return FIRST_DAY if self.start is None else datetime.combine(self.start, time(), UTC)

"""The settings of a Request Tracker source: where it is, how to sign in, how to read its words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, Self

import httpx
from pydantic import Field, SecretStr, field_validator, model_validator

from deskpulse.connector import Connector

TicketStatus = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
TicketPriority = Literal["low", "normal", "high", "urgent"]

API = "/REST/2.0"

PRIORITIES: Mapping[TicketPriority, int] = MappingProxyType({"low": 0, "normal": 50, "high": 100})
"""The lowest numbers of RT's own three priorities, low, medium and high."""


class RequestTrackerConfig(Connector.Config):
    """Settings of `[sources.X]` with `use = "request_tracker"`."""

    url: str = Field(description='Where people open it, such as "https://rt.example.com".')
    token: SecretStr | None = Field(
        None, description="An authentication token of a user who may see every ticket."
    )
    username: str | None = Field(None, description="The user's name, if there is no token.")
    password: SecretStr | None = Field(None, description="The password that belongs to it.")
    start: date | None = Field(
        None, description="Read nothing that last changed before this day (UTC)."
    )
    per_page: int = Field(
        100, ge=1, le=100, description="Rows in a page; RT never sends more than 100."
    )
    requests_per_minute: int = Field(
        1200, ge=1, le=100_000, description="Requests a minute in all; RT itself sets no limit."
    )
    texts: bool = Field(
        default=False,
        description="Also read what messages say; it is kept only if [privacy] allows it.",
    )
    statuses: dict[str, TicketStatus] = Field(
        default_factory=dict,
        description="Statuses of lifecycles of your own, and what each of them means.",
    )
    priorities: dict[TicketPriority, int] = Field(
        default_factory=lambda: dict(PRIORITIES),
        description="The lowest number of each priority.",
    )
    fields: dict[str, str] = Field(
        default_factory=dict,
        description='Custom field to a name; "reason" and "language" fill the ticket\'s own.',
    )

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            parsed = httpx.URL("")
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise ValueError(f'{url!r} is not an address such as "https://rt.example.com"')
        return url.rstrip("/").removesuffix(API)

    @field_validator("statuses")
    @classmethod
    def _lower(cls, statuses: dict[str, TicketStatus]) -> dict[str, TicketStatus]:
        return {theirs.lower(): ours for theirs, ours in statuses.items()}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.token is None and (self.username is None or self.password is None):
            raise ValueError("set token, or username and password")
        return self

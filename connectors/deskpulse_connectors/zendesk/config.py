"""The settings of a Zendesk source: where the account is, how to sign in, how much to read."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from deskpulse.connector import Connector

Method = Literal["client_credentials", "refresh_token", "access_token", "api_token"]
NumericId = Annotated[str, StringConstraints(pattern=r"^\d+$")]

METHODS: dict[Method, tuple[str, ...]] = {
    "access_token": ("access_token",),
    "api_token": ("email", "api_token"),
    "refresh_token": ("client_id", "client_secret", "refresh_token"),
    "client_credentials": ("client_id", "client_secret"),
}
"""The settings that each way to sign in needs; the first whose settings are given is used."""


class ZendeskConfig(Connector.Config):
    """Settings of `[sources.X]` with `use = "zendesk"`."""

    subdomain: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$",
        description='The account: "acme" for https://acme.zendesk.com.',
    )
    url: str | None = Field(
        None, description="The address of the API if it is another than the subdomain's."
    )
    client_id: str | None = Field(None, description="Unique identifier of the OAuth client.")
    client_secret: SecretStr | None = Field(None, description="Secret of the OAuth client.")
    refresh_token: SecretStr | None = Field(
        None, description="A refresh token; it is replaced at every use and kept in the store."
    )
    access_token: SecretStr | None = Field(
        None, description="A ready OAuth access token, for trying things out."
    )
    email: str | None = Field(None, description="The admin to whom `api_token` belongs (legacy).")
    api_token: SecretStr | None = Field(
        None, description="An API token; Zendesk switches all of them off on 2027-04-30."
    )
    scope: str = Field("read", description="The OAuth scope to ask for.")
    start: date | None = Field(
        None, description="Read nothing that last changed before this day (UTC)."
    )
    per_page: int = Field(1000, ge=1, le=1000, description="Rows in a page of an export.")
    export_per_minute: int = Field(
        10,
        ge=1,
        le=1000,
        description="Requests a minute to the exports: 10, or 30 with the High Volume add-on.",
    )
    requests_per_minute: int = Field(
        200,
        ge=1,
        le=100_000,
        description="Requests a minute in all: 200 on Team plans, 400 on Professional, more above.",
    )
    metrics: bool = Field(
        default=True,
        description="Also read the numbers that Zendesk computes, to compare them with ours.",
    )
    talk: bool = Field(
        default=False,
        description="Also read the calls of Zendesk Talk, and each agent's part in them.",
    )
    chat: bool = Field(default=False, description="Also read the chats of Zendesk Chat.")
    fields: dict[NumericId, str] = Field(
        default_factory=dict,
        description='Custom field id to a name; "reason" and "language" fill the ticket\'s own.',
    )
    brands: dict[NumericId, str] = Field(
        default_factory=dict, description="Brand id to the name that reports show."
    )

    @field_validator("url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if url is not None and not re.match(r"https?://[^/]+", url):
            raise ValueError(f'{url!r} is not an address such as "https://acme.zendesk.com"')
        return None if url is None else url.rstrip("/").removesuffix("/api/v2")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.subdomain is None and self.url is None:
            raise ValueError('set subdomain, such as "acme" for https://acme.zendesk.com')
        _ = self.method
        return self

    @property
    def desk(self) -> str:
        """The account's address without a path, where agents work."""
        return self.url or f"https://{self.subdomain}.zendesk.com"

    @property
    def method(self) -> Method:
        """How to sign in, from the settings that are given. ValueError if none is complete."""
        for method, names in METHODS.items():
            if all(getattr(self, name) is not None for name in names):
                return method
        raise ValueError(
            "no way to sign in is complete; set client_id and client_secret of an OAuth client"
            " (with refresh_token if it has one), or access_token, or email and api_token"
        )

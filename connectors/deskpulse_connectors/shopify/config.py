"""The settings of a Shopify source: which shop, how to sign in, how much of its people to keep."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator

from deskpulse.connector import Connector

Personal = Literal["name", "email", "language"]
VERSION = "2026-07"


class ShopifyConfig(Connector.Config):
    """Settings of `[sources.X]` with `use = "shopify"`."""

    shop: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$",
        description='The shop: "acme" for https://acme.myshopify.com.',
    )
    url: str | None = Field(
        None, description="The address of the shop if it is another than the name says."
    )
    client_id: str | None = Field(None, description="Client id of the app in the Dev Dashboard.")
    client_secret: SecretStr | None = Field(None, description="Secret of the app.")
    access_token: SecretStr | None = Field(
        None, description="An Admin API token of an older custom app (shpat_...)."
    )
    version: str = Field(
        VERSION,
        pattern=r"^\d{4}-(01|04|07|10)$",
        description="The version of the Admin API; Shopify serves each for a year.",
    )
    start: date | None = Field(
        None, description="Read nothing that last changed before this day (UTC)."
    )
    backfill: Literal["bulk", "pages"] = Field(
        "bulk",
        description="How the past is read: by one export a stream, or page by page.",
    )
    page_size: int = Field(100, ge=1, le=250, description="Orders or customers in a page.")
    lookback_minutes: int = Field(
        10,
        ge=0,
        le=10_080,
        description="How far each run reads back, for changes that Shopify's search found late.",
    )
    match_customers: bool = Field(
        default=True,
        description="Read e-mail addresses to know customers of other sources; a hash is kept.",
    )
    personal_data: list[Personal] = Field(
        default_factory=list,
        description="What else to keep of customers: name, email, language.",
    )
    accounts: bool = Field(
        default=True,
        description="Also keep each customer as an account that is worth what they spent.",
    )
    zone: str = Field("UTC", description="The zone in whose days refunds and returns are counted.")

    @field_validator("url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if url is not None and not re.match(r"https?://[^/]+/?$", url):
            raise ValueError(f'{url!r} is not an address such as "https://acme.myshopify.com"')
        return None if url is None else url.rstrip("/")

    @field_validator("zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):
            raise ValueError(f"{zone!r} is no IANA zone such as Europe/Berlin") from None
        return zone

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.shop is None and self.url is None:
            raise ValueError('set shop, such as "acme" for https://acme.myshopify.com')
        if self.access_token is None and (self.client_id is None or self.client_secret is None):
            raise ValueError("set client_id and client_secret of the app, or access_token")
        return self

    @property
    def address(self) -> str:
        """The shop's address without a path."""
        return self.url or f"https://{self.shop}.myshopify.com"

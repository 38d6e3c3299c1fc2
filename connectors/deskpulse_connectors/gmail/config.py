"""The settings of a Gmail source: which mailbox, how to sign in, how much to read."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from deskpulse.connector import Described
from deskpulse_connectors.mail.settings import MailConfig

Method = Literal["access_token", "refresh_token", "service_account"]


class Costs(Described):
    """Quota units that Google counts for each method; they changed in 2026 and may again."""

    profile: int = Field(1, ge=1, description="users.getProfile.")
    labels: int = Field(1, ge=1, description="labels.list, settings.sendAs.list.")
    messages: int = Field(5, ge=1, description="messages.list.")
    threads: int = Field(10, ge=1, description="threads.list.")
    thread: int = Field(10, ge=1, description="threads.get.")
    history: int = Field(2, ge=1, description="history.list.")


class GmailConfig(MailConfig):
    """Settings of `[sources.X]` with `use = "gmail"`."""

    mailbox: str = Field(
        "me", description='The address of the shared inbox; "me" is whoever signed in.'
    )
    client_id: str | None = Field(None, description="OAuth client, with a refresh token.")
    client_secret: SecretStr | None = Field(None, description="Secret of the OAuth client.")
    refresh_token: SecretStr | None = Field(
        None, description="Refresh token that the inbox's owner granted to the OAuth client."
    )
    access_token: SecretStr | None = Field(
        None, description="A ready access token, for trying things out; Google ends it in an hour."
    )
    service_account: SecretStr | None = Field(
        None, description="The JSON key of a service account with domain-wide delegation."
    )
    start: date | None = Field(None, description="Read no conversation older than this day (UTC).")
    label: str | None = Field(
        None, description="Read only conversations with this label, by its name in Gmail."
    )
    units_per_minute: int = Field(
        6000,
        ge=100,
        description="Quota units a minute: 6000, or 15000 for projects from before May 2026.",
    )
    costs: Costs = Field(default_factory=Costs, description="Quota units that each method takes.")
    per_page: int = Field(100, ge=1, le=500, description="Conversations in a page of the list.")
    url: str = Field("https://gmail.googleapis.com", description="Address of the API.")
    token_url: str = Field(
        "https://oauth2.googleapis.com/token", description="Address that gives access tokens."
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.method == "service_account" and self.mailbox == "me":
            raise ValueError(
                "a service account has no inbox; set mailbox to the address that it stands in for"
            )
        return self

    @property
    def method(self) -> Method:
        """How to sign in, from the settings that are given. ValueError if none is complete."""
        if self.access_token is not None:
            return "access_token"
        if self.service_account is not None:
            return "service_account"
        if None not in (self.client_id, self.client_secret, self.refresh_token):
            return "refresh_token"
        raise ValueError(
            "no way to sign in is complete; set client_id, client_secret and refresh_token of an"
            " OAuth client, or service_account and mailbox"
        )

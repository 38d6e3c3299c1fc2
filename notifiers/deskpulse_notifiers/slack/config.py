"""Settings of `[notifiers.X]` with `use = "slack"`."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from deskpulse.notifier import Notifier
from deskpulse_notifiers.addresses import SecretAddress, on_this_machine

_CHANNEL = re.compile(r"[CGDUW][A-Z0-9]{6,}")
_PERSON = re.compile(r"[UW][A-Z0-9]{6,}")
_PERSON_OR_GROUP = re.compile(r"[UWS][A-Z0-9]{6,}")


def _a_person(text: str) -> str:
    if not _PERSON.fullmatch(text):
        raise ValueError(f"{text!r} is not the id of a person such as U024BE7LH")
    return text


def _a_person_or_group(text: str) -> str:
    if not _PERSON_OR_GROUP.fullmatch(text):
        raise ValueError(
            f"{text!r} is neither the id of a person (U024BE7LH) nor of a user group (S0614TZR7)"
        )
    return text


class SlackConfig(Notifier.Config):
    """Settings of a `slack` notifier: a bot token and a channel, or an incoming webhook."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: SecretStr | None = Field(
        default=None, description="Bot token of the Slack app (xoxb-...), scope chat:write."
    )
    channel: str = Field(
        default="",
        description="Id of the channel, such as C024BE91L; not its name. Goes with `token`.",
    )
    webhook_url: SecretAddress | None = Field(
        default=None,
        description="Incoming webhook instead of `token`: no edits, no threads, no buttons.",
    )
    app_token: SecretStr | None = Field(
        default=None,
        description="App-level token (xapp-..., scope connections:write): shows buttons and "
        "listens to them by Socket Mode. Goes with `token`.",
    )
    pressers: list[Annotated[str, AfterValidator(_a_person)]] = Field(
        default_factory=list,
        description="Ids of the people who may press buttons; empty: everybody in the channel.",
    )
    mention: list[Annotated[str, AfterValidator(_a_person_or_group)]] = Field(
        default_factory=list,
        max_length=10,
        description="Ids of people (U...) and user groups (S...) that a new alert mentions.",
    )
    charts: bool = Field(
        default=True,
        description="Draw series as Slack's own charts; the line of text is there in any case.",
    )
    base_url: str = Field(
        default="https://slack.com/api/",
        description="Address of the Web API; change it only for a test server.",
    )
    timeout_s: float = Field(
        default=30.0, gt=0, le=300, description="Seconds to wait for Slack's answer."
    )

    @field_validator("token", "app_token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is None:
            return None
        text = token.get_secret_value().strip()
        if not text:
            raise ValueError("the token is empty; it is the app's bot token and starts with xoxb-")
        if "://" in text:
            raise ValueError(
                "this is an address, not a token; the address of an incoming webhook is "
                "`webhook_url`"
            )
        if not text.isascii() or not text.isprintable() or " " in text:
            raise ValueError("a token has only ASCII letters, digits and dashes; copy it again")
        return SecretStr(text)

    @field_validator("channel")
    @classmethod
    def _an_id(cls, channel: str) -> str:
        if not _CHANNEL.fullmatch(channel):
            raise ValueError(
                f"{channel!r} is not a channel id such as C024BE91L. In Slack open the channel, "
                "click its name, and copy the id at the bottom of `About`"
            )
        return channel

    @field_validator("base_url")
    @classmethod
    def _encrypted(cls, address: str) -> str:
        parts = urlsplit(address)
        if not parts.hostname or parts.scheme not in {"https", "http"}:
            raise ValueError(f"{address!r} is not an address such as https://slack.com/api/")
        if parts.scheme == "http" and not on_this_machine(parts.hostname):
            raise ValueError("http:// would send the token in the clear; use https://")
        return address if address.endswith("/") else f"{address}/"

    @model_validator(mode="after")
    def _one_way_in(self) -> SlackConfig:
        if (self.token is None) == (self.webhook_url is None):
            raise ValueError("give either `token` (recommended) or `webhook_url`")
        if self.token is not None and not self.channel:
            raise ValueError("give `channel`, the id of the channel to post to")
        if self.webhook_url is not None and (self.channel or self.app_token is not None):
            raise ValueError(
                "`webhook_url` has a channel of its own and no buttons: leave out `channel` and "
                "`app_token`, or use `token`"
            )
        if self.app_token is not None:
            start = self.app_token.get_secret_value()[:5]
            if start == "xoxb-":
                raise ValueError("`app_token` is the app-level token (xapp-...), not the bot token")
        return self

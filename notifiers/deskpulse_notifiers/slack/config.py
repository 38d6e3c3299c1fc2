"""Settings of `[notifiers.X]` with `use = "slack"`."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, SecretStr, field_validator

from deskpulse.notifier import Notifier

_CHANNEL = re.compile(r"[CGDUW][A-Z0-9]{6,}")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SlackConfig(Notifier.Config):
    """Settings of a `slack` notifier."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: SecretStr = Field(description="Bot token of the Slack app (xoxb-...), scope chat:write.")
    channel: str = Field(description="Id of the channel, such as C024BE91L; not its name.")
    base_url: str = Field(
        default="https://slack.com/api/",
        description="Address of the Web API; change it only for a test server.",
    )
    timeout_s: float = Field(
        default=30.0, gt=0, le=300, description="Seconds to wait for Slack's answer."
    )

    @field_validator("token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr) -> SecretStr:
        text = token.get_secret_value().strip()
        if not text:
            raise ValueError("the token is empty; it is the app's bot token and starts with xoxb-")
        if "://" in text:
            raise ValueError("this is an address, not a bot token (which starts with xoxb-)")
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
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("http:// would send the token in the clear; use https://")
        return address if address.endswith("/") else f"{address}/"

"""How single Zendesk values read in our words: ids, instants, channels, statuses, roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse_connectors.raw import mapping

SYSTEM = -1
"""The author id of what Zendesk itself wrote."""

STATUSES: Mapping[str, str] = MappingProxyType({"hold": "on_hold"})
"""Statuses that are spelt otherwise here; custom statuses come as their category."""

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "email": "email",
        "mail": "email",
        "web": "web",
        "web form": "web",
        "web_form": "web",
        "web_widget": "web",
        "help_center": "web",
        "helpcenter": "web",
        "sample_ticket": "web",
        "sample ticket": "web",
        "chat": "chat",
        "chat_transcript": "chat",
        "native_messaging": "messaging",
        "messaging": "messaging",
        "sunshine_conversations_api": "messaging",
        "whatsapp": "messaging",
        "line": "messaging",
        "wechat": "messaging",
        "telegram": "messaging",
        "viber": "messaging",
        "apple_business_chat": "messaging",
        "slack_connect": "messaging",
        "voice": "voice",
        "phone_call_inbound": "voice",
        "phone_call_outbound": "voice",
        "phone_call": "voice",
        "phone call (incoming)": "voice",
        "phone call (outgoing)": "voice",
        "voicemail": "voice",
        "api_phone_call_inbound": "voice",
        "api_phone_call_outbound": "voice",
        "api_voicemail": "voice",
        "facebook": "social",
        "facebook_messenger": "social",
        "facebook_post": "social",
        "facebook_message": "social",
        "twitter": "social",
        "twitter_dm": "social",
        "twitter_favorite": "social",
        "twitter_like": "social",
        "instagram_dm": "social",
        "any_channel": "social",
        "sms": "sms",
        "native_sms": "sms",
        "api": "api",
        "web_service": "api",
        "web service": "api",
        "mobile_sdk": "api",
        "mobile": "api",
    }
)
"""Zendesk's via channels (as a name in the API, as a title in ticket events) in our words."""

MACHINES = frozenset(
    {"rule", "system", "trigger", "automation", "monitor", "batch", "rule_revision", "macro_rule"}
)
"""Via channels behind which stands a rule or Zendesk itself."""

BOTS = frozenset({"answer_bot", "answer_bot_for_web_widget", "answer_bot_api", "ai_agent", "bot"})
"""Via channels behind which stands a bot that talks to customers."""


def via_channel(via: Any) -> str | None:
    """The channel of a `via`, which is an object, or in ticket events sometimes a bare string."""
    if isinstance(via, dict):
        via = via.get("channel")
    return _spelt(via) if isinstance(via, str) else None


@lru_cache(maxsize=1000)
def _spelt(channel_name: str) -> str | None:
    return channel_name.strip().lower() or None


def via_source(via: Any) -> Mapping[str, Any]:
    """`via.source`, empty where there is none."""
    return mapping(mapping(via).get("source"))


def channel(vendor_channel: str | None) -> str | None:
    """Our channel for a vendor channel; what is not known is `other`."""
    if vendor_channel is None:
        return None
    return CHANNELS.get(vendor_channel, "other")


def actor_role(person: Any, vendor_channel: str | None) -> str | None:
    """`system` or `bot` where the vendor says so; None: the role history decides."""
    if vendor_channel in BOTS:
        return "bot"
    if person == SYSTEM or vendor_channel in MACHINES:
        return "system"
    return None


def status(value: Any) -> Any:
    """A ticket status in our words; what is not known goes through and is refused by the record."""
    return STATUSES.get(value, value)


def instant(epoch: float) -> datetime:
    """Epoch seconds as an aware UTC instant; RecordRejected if they are out of range."""
    try:
        return datetime.fromtimestamp(epoch, UTC)
    except (OverflowError, ValueError, OSError, TypeError):
        raise RecordRejected(f"{epoch!r} is not a time in epoch seconds") from None

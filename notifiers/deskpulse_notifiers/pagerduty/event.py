"""A message as an event of PagerDuty: an incident's, or a change that wakes nobody. Pure.

Events API v2: https://developer.pagerduty.com/docs/events-api-v2-overview
"""

from __future__ import annotations

import hashlib
from typing import Any

from deskpulse.message import Message
from deskpulse_notifiers.plain import text_of
from deskpulse_notifiers.text import fit, one_line
from deskpulse_notifiers.urls import web_address
from deskpulse_notifiers.words import sentence

SUMMARY = 1_024
DEDUP_KEY = 255
DETAILS = 20_000
"""Characters of text; PagerDuty takes 512 KB in all."""
LINKS = 20

ENQUEUE = "/v2/enqueue"
CHANGE = "/v2/change/enqueue"


def path_of(message: Message) -> str:
    """Where it goes: a digest or a note is no incident."""
    return CHANGE if message.kind in {"digest", "note"} else ENQUEUE


def event_of(message: Message, routing_key: str, source: str) -> dict[str, Any]:
    """The body of the request."""
    details: dict[str, Any] = {
        "text": fit(text_of(message), DETAILS),
        "key": fit(one_line(message.about), DEDUP_KEY),
    }
    payload: dict[str, Any] = {
        "summary": _summary(message),
        "source": source,
        "custom_details": details,
    }
    links = [
        {"href": address, "text": fit(one_line(link.label), DEDUP_KEY)}
        for link in message.links[:LINKS]
        if (address := web_address(link.url))
    ]
    event = {"routing_key": routing_key, "payload": payload, "links": links}
    if path_of(message) == CHANGE:
        if message.complete_to is not None:
            payload["timestamp"] = message.complete_to.isoformat()
        return event
    # The four words of PagerDuty are critical, error, warning and info.
    payload["severity"] = message.severity
    return event | {
        "event_action": action_of(message),
        "dedup_key": dedup_key(message.about),
        "client": "deskpulse",
    }


def action_of(message: Message) -> str:
    """trigger, acknowledge or resolve."""
    if message.kind == "resolved":
        return "resolve"
    return "acknowledge" if message.acknowledged else "trigger"


def dedup_key(key: str) -> str:
    """The same for every message about the same thing; PagerDuty makes one incident of them."""
    plain = one_line(key)
    if plain == key and key and len(key) <= DEDUP_KEY:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{plain[:150]}#{digest}"


def _summary(message: Message) -> str:
    return fit(sentence(message), SUMMARY)

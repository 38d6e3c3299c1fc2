"""Buttons under a message, and what Slack says when one is pressed. Pure.

Limits: 25 in a block, text 75, value 2,000, action_id 255.
(https://docs.slack.dev/reference/block-kit/block-elements/button-element)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deskpulse.message import Action
from deskpulse.notifier import Pressed
from deskpulse_notifiers.slack.mrkdwn import ESCAPES
from deskpulse_notifiers.text import fit, one_line

BUTTONS = 25
TEXT = 75
VALUE = 2_000
ACTION_ID = 255
BLOCK = "deskpulse"
"""The block_id by which our buttons are known among those of other apps' messages."""
_WHO = 80
_OURS = re.compile(r"(\d{1,2}):(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Press:
    """One press: what happened, and where the person is told about it."""

    pressed: Pressed
    user: str
    channel: str
    thread: str
    once: str
    """The same for every delivery of the same press."""


def buttons_of(actions: Sequence[Action]) -> list[dict[str, Any]]:
    """One block of buttons; none without actions. One whose value is too long is left out."""
    elements = [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": words, "emoji": False},
            "action_id": f"{number}:{action.name}",
            "value": action.value,
        }
        for number, action in enumerate(actions[:BUTTONS])
        if (words := fit(one_line(action.label), TEXT, ESCAPES))
        and 0 < len(action.value) <= VALUE
        and 0 < len(action.name) <= ACTION_ID - 3
    ]
    return [{"type": "actions", "block_id": BLOCK, "elements": elements}] if elements else []


def presses_of(payload: Any, now: datetime) -> list[Press]:
    """What a `block_actions` payload says; nothing for payloads of another kind or of others.

    `now` (aware) is used where Slack does not say when.
    """
    if not isinstance(payload, dict) or payload.get("type") != "block_actions":
        return []
    user = _part(payload, "user")
    who = str(user.get("id", ""))
    name = fit(one_line(str(user.get("name") or user.get("username") or "")), _WHO)
    message, container = _part(payload, "message"), _part(payload, "container")
    channel = str(_part(payload, "channel").get("id") or container.get("channel_id") or "")
    found = []
    for action in payload.get("actions") or ():
        if not isinstance(action, dict) or action.get("block_id") != BLOCK:
            continue
        ours = _OURS.fullmatch(str(action.get("action_id", "")))
        if not ours or not who:
            continue
        at = str(action.get("action_ts", ""))
        pressed = Pressed(
            ours[2], str(action.get("value", "")), f"{name} ({who})" if name else who, _at(at, now)
        )
        once = f"{who}/{at}/{action.get('action_id')}/{message.get('ts')}"
        found.append(Press(pressed, who, channel, str(message.get("thread_ts") or ""), once))
    return found


def _part(payload: dict[str, Any], name: str) -> dict[str, Any]:
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def _at(text: str, now: datetime) -> datetime:
    if not re.fullmatch(r"\d{9,11}(\.\d{1,9})?", text):
        return now
    return datetime.fromtimestamp(float(text), UTC)

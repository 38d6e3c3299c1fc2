"""Open, acknowledge and resolve incidents."""

from __future__ import annotations

import json
import re
from typing import ClassVar

import orjson
from pydantic import ConfigDict, Field, SecretStr, field_validator

from deskpulse.clock import Clock, SystemClock
from deskpulse.delivery import Poster, Reply, problem_of
from deskpulse.errors import DeliveryDeferred
from deskpulse.http.redact import secrets_in
from deskpulse.message import Message
from deskpulse.notifier import Notifier, Receipt
from deskpulse_notifiers.addresses import Address
from deskpulse_notifiers.pagerduty.event import event_of, path_of

_HINTS = {
    400: "PagerDuty calls the event invalid: check `routing_key` (the integration key of an "
    "`Events API V2` integration); if it is right, please report this.",
    403: "PagerDuty does not accept this `routing_key`: check it, and `url` for the EU region.",
}


class PagerDuty(Notifier):
    """An alert is an incident, kept together by its key; a digest is a change that pages nobody."""

    name: ClassVar[str] = "pagerduty"
    sends_key = True

    class Config(Notifier.Config):
        """Settings of a `pagerduty` notifier."""

        model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

        routing_key: SecretStr = Field(
            description="Integration key of the service's Events API V2 integration."
        )
        source: str = Field(
            default="deskpulse",
            min_length=1,
            max_length=200,
            description="What PagerDuty shows as the source of the event.",
        )
        url: Address = Field(
            default="https://events.pagerduty.com",
            description="PagerDuty's address; https://events.eu.pagerduty.com for the EU region.",
        )
        timeout_s: float = Field(
            default=30.0, gt=0, le=300, description="Seconds to wait for PagerDuty's answer."
        )

        @field_validator("routing_key")
        @classmethod
        def _looks_like_a_key(cls, key: SecretStr) -> SecretStr:
            text = key.get_secret_value().strip()
            if not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", text):
                raise ValueError("an integration key has 32 letters and digits; copy it again")
            return SecretStr(text)

    config: Config

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        super().__init__(config)
        self._poster = Poster("PagerDuty", config.timeout_s, clock or SystemClock())

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Send one event. PagerDuty finds the incident by the message's key, not by `previous`."""
        del previous
        event = event_of(message, self.config.routing_key.get_secret_value(), self.config.source)
        url = self.config.url.rstrip("/") + path_of(message)
        reply = self._poster.post(url, orjson.dumps(event), {})
        if problem := problem_of("PagerDuty", reply, secrets_in(self.config), _HINTS):
            raise problem
        if not _accepted(reply):
            raise DeliveryDeferred(
                f"the answer (HTTP {reply.status}) is not PagerDuty's; it may have been taken",
                hint="If this goes on, something in between answers: check `url` and the proxy.",
                ambiguous=True,
            )
        return Receipt({"dedup_key": event["dedup_key"]} if "dedup_key" in event else {})

    def check(self) -> str:
        """Ask the host for nothing; PagerDuty has no call that only checks a key."""
        host = self._poster.reach(self.config.url)
        return f"{host} answers; the key shows only when an event is sent"

    def preview(self, message: Message) -> str:
        """The event, without the key."""
        event = event_of(message, "***", self.config.source)
        return json.dumps(event, indent=2, ensure_ascii=False)


def _accepted(reply: Reply) -> bool:
    """PagerDuty says `{"status": "success", ...}`; a page for people is somebody else's."""
    try:
        answer = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(answer, dict) and answer.get("status") == "success"

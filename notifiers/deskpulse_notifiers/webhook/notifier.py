"""Post a message as signed JSON to a program of your own."""

from __future__ import annotations

import json
from typing import ClassVar

from pydantic import ConfigDict, Field, SecretStr

from deskpulse.clock import Clock, SystemClock
from deskpulse.delivery import Poster, problem_of
from deskpulse.http.redact import secrets_in
from deskpulse.message import Message
from deskpulse.notifier import Notifier, Receipt
from deskpulse_notifiers.addresses import SecretAddress
from deskpulse_notifiers.webhook.payload import body_of
from deskpulse_notifiers.webhook.signature import signed

KEY = "Idempotency-Key"


class Webhook(Notifier):
    """One POST a message. Any 2xx says that it was taken; what the body says is not looked at."""

    name: ClassVar[str] = "webhook"
    sends_key = True
    person: ClassVar[str] = "any text that the receiver understands"

    class Config(Notifier.Config):
        """Settings of a `webhook` notifier."""

        model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

        url: SecretAddress = Field(
            description="Address that receives the POST; https, or http on this machine."
        )
        secret: SecretStr = Field(
            min_length=16,
            description="What the body is signed with; the receiver knows it too.",
        )
        timeout_s: float = Field(
            default=30.0, gt=0, le=300, description="Seconds to wait for the receiver's answer."
        )

    config: Config

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        super().__init__(config)
        self._clock = clock or SystemClock()
        self._poster = Poster("the webhook", config.timeout_s, self._clock)

    def knows(self, person: str) -> bool:
        """The receiver is told of everybody, as `people`, and makes of it what it can."""
        return bool(person.strip())

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Post it. An earlier message stays what it was: `key` tells the receiver they belong."""
        del previous
        body = body_of(message)
        now = int(self._clock.now().timestamp())
        headers = signed(self.config.secret.get_secret_value(), now, body)
        if message.id:
            headers[KEY] = message.id
        reply = self._poster.post(self.config.url.get_secret_value(), body, headers)
        if problem := problem_of("the webhook", reply, secrets_in(self.config)):
            raise problem
        return Receipt({"id": message.id} if message.id else {})

    def check(self) -> str:
        """Ask the host for nothing; no message is sent."""
        host = self._poster.reach(self.config.url.get_secret_value())
        return f"{host} answers; messages are signed"

    def preview(self, message: Message) -> str:
        """The body, indented for reading."""
        return json.dumps(json.loads(body_of(message)), indent=2, ensure_ascii=False)

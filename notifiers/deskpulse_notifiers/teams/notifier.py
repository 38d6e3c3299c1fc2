"""Post a card to a Teams channel through a workflow's webhook."""

from __future__ import annotations

import json
from typing import ClassVar

from pydantic import ConfigDict, Field

from deskpulse.clock import Clock, SystemClock
from deskpulse.delivery import Poster, Reply, problem_of
from deskpulse.errors import DeliveryDeferred
from deskpulse.http.redact import secrets_in
from deskpulse.message import Message
from deskpulse.notifier import Notifier, Receipt
from deskpulse_notifiers.addresses import SecretAddress
from deskpulse_notifiers.teams.card import SIGN_IN, body_of

_SET_UP = "Set up the workflow again (channel > Workflows) and store its new address."
_HINTS = {
    400: "The workflow does not understand the card: it must be `Post to a channel when a webhook "
    "request is received`, unchanged.",
    401: _SET_UP,
    403: _SET_UP,
    404: _SET_UP,
}


_FAILED = b"Webhook message delivery failed"
"""What older webhooks answer with status 200 when Teams did not take the card."""


class Teams(Notifier):
    """One card a message. A workflow can neither edit nor answer: what follows is a new card."""

    name: ClassVar[str] = "teams"
    person: ClassVar[str] = "the sign-in address (ann@example.com) of a member of the team"

    class Config(Notifier.Config):
        """Settings of a `teams` notifier."""

        model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

        url: SecretAddress = Field(
            description="Address of the workflow that posts to the channel; a secret."
        )
        timeout_s: float = Field(
            default=30.0, gt=0, le=300, description="Seconds to wait for the workflow's answer."
        )

    config: Config

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        super().__init__(config)
        self._poster = Poster("Teams", config.timeout_s, clock or SystemClock())

    def knows(self, person: str) -> bool:
        """Cards mention people by their user principal name, which looks like a mail address."""
        return SIGN_IN.fullmatch(person) is not None

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Post one card. 202 means that the workflow has it, not yet that it stands there."""
        del previous
        reply = self._poster.post(self.config.url.get_secret_value(), body_of(message), {})
        if problem := problem_of("Teams", reply, secrets_in(self.config), _HINTS):
            raise problem
        if _FAILED in reply.body:
            raise DeliveryDeferred(f"Teams says that delivery failed (HTTP {reply.status})")
        if _is_a_page(reply):
            raise DeliveryDeferred(
                f"a web page answered (HTTP {reply.status}), not a workflow; it may have arrived",
                hint="If this goes on, check the address and the proxy.",
                ambiguous=True,
            )
        return Receipt()

    def check(self) -> str:
        """Ask the host for nothing; no card is posted."""
        host = self._poster.reach(self.config.url.get_secret_value())
        return f"{host} answers; the workflow itself shows only when a card is posted"

    def preview(self, message: Message) -> str:
        """The body of the request, indented for reading."""
        return json.dumps(json.loads(body_of(message)), indent=2, ensure_ascii=False)


def _is_a_page(reply: Reply) -> bool:
    kind = {name.lower(): value for name, value in reply.headers.items()}.get("content-type", "")
    return kind.lower().startswith("text/html")

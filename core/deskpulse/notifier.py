"""The contract of a notifier plugin: deliver a message, or raise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from deskpulse.message import Message


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a message ended up, so that a later one can edit it or answer in its thread.

    `address` is what the sink needs to find it again (Slack: channel and ts; mail: Message-ID).
    """

    address: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody pressed the button of an `Action`: its name and value, and who did, when (aware)."""

    name: str
    value: str
    who: str
    pressed_at: datetime


Pressing = Callable[[Pressed], str]
"""What is done about a press; returns what the person is told."""


class Notifier:
    """Subclass, name it, describe its `Config`, and write `send`.

    `send` delivers or raises `DeliveryRejected` (permanent) or `DeliveryDeferred` (try again);
    it never sleeps, retries or returns a bool. `self.config` is the validated `Config`.
    """

    name: ClassVar[str]
    sends_key: bool = False
    """Whether the sink is given `Message.id`, so that it can tell a repeat from something new."""
    spacing_s: ClassVar[float] = 0.0
    """Seconds that the sink wants between two messages."""

    person: ClassVar[str] = ""
    """How the `people` of a route are spelled for this sink; empty: it calls nobody by name."""

    class Config(BaseModel):
        """Settings of `[notifiers.X]`; every field has a description."""

        model_config = ConfigDict(extra="forbid")

    config: BaseModel

    def __init__(self, config: BaseModel) -> None:
        self.config = config

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Deliver `message`; with `previous`, edit or answer that one where the sink can."""
        raise NotImplementedError

    def listen(self, pressing: Pressing, stop: Event) -> None:
        """Hand every press of a button to `pressing` until `stop` is set; raises like `send`.

        After `DeliveryDeferred` (the connection is lost) it may be called again. Only for sinks
        with buttons: `listens` says whether this one, as configured, is such.
        """
        raise NotImplementedError

    def knows(self, person: str) -> bool:
        """Whether `person` is spelled as this sink calls people: only then may `send` call them."""
        del person
        return False

    @property
    def listens(self) -> bool:
        """Whether there are buttons to listen to with these settings."""
        return False

    def check(self) -> str:
        """Say in one line that the sink can be reached with these settings, or raise."""
        return "nothing to check"

    def preview(self, message: Message) -> str:
        """Exactly what `send` would send, as text for a person."""
        raise NotImplementedError

"""What every part of the contract stands on: the author's attributes, the notifier at its sink."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, NoReturn

import pytest
from pydantic import ValidationError

from deskpulse.errors import DeliveryError
from deskpulse.message import Message
from deskpulse.notifier import Notifier, Receipt
from deskpulse.testing.notifying.sink import Sink

EVERYTHING = ("title", "summary", "parts", "links", "freshness")


class Base:
    """The attributes of a contract, and what its tests share."""

    notifier: ClassVar[type[Notifier]]
    settings: ClassVar[Mapping[str, Any]]
    sink: ClassVar[Sink]
    shows: ClassVar[Collection[str]] = EVERYTHING

    def config(self, sink: Sink) -> Any:
        """The validated settings for this sink."""
        try:
            return self.notifier.Config(**sink.settings(self.settings))
        except ValidationError as problem:
            self.fail(f"settings are not valid for {self.notifier.__name__}.Config: {problem}")

    @contextmanager
    def opened(self) -> Iterator[tuple[Sink, Notifier]]:
        """The sink, empty, and the notifier that delivers to it. Nobody really sleeps here."""
        with sleepless(), self.sink as sink:
            yield sink, sink.opened(self.notifier, self.config(sink))

    def send(
        self, notifier: Notifier, message: Message, previous: Receipt | None = None
    ) -> Receipt:
        """Send; what comes back must be a receipt that can be stored."""
        try:
            receipt: Any = notifier.send(message, previous)
        except DeliveryError as problem:
            self.fail(f"a {message.kind} is not delivered: {type(problem).__name__}: {problem}")
        except Exception as problem:  # noqa: BLE001  any fault is the author's to see
            self.fail(f"a {message.kind} breaks send: {type(problem).__name__}: {problem}")
        if not isinstance(receipt, Receipt):
            self.fail(f"send returns {receipt!r}; it returns a Receipt, or raises")
        for name, value in receipt.address.items():
            if not isinstance(name, str) or not isinstance(value, str):
                self.fail(f"receipt.address[{name!r}] is {value!r}; it holds texts only")
        return receipt

    def fail(self, text: str) -> NoReturn:
        """Fail with this text alone: the traceback of the contract helps nobody."""
        pytest.fail(text, pytrace=False)


@contextmanager
def sleepless() -> Iterator[list[float]]:
    """How long was slept meanwhile; nobody really sleeps."""
    slept: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", slept.append)
        yield slept

"""What a notifier delivers to, faked: a place where messages arrive and faults can be ordered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Literal, Self

from deskpulse.notifier import Notifier

Fault = Literal["refused", "busy", "down", "unsure", "gone"]
"""refused: for good (credentials, an address that is gone). busy: not now, come again in `WAIT_S`
seconds. down: not now. unsure: it takes the message, then cuts the connection. gone: nobody is
there."""
FAULTS: tuple[Fault, ...] = ("refused", "busy", "down", "unsure", "gone")
WAIT_S = 7


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery: all that a person or a program gets to read of it, decoded.

    `names` are the names of its headers, `key` the idempotency key that it came with.
    """

    text: str
    names: tuple[str, ...] = ()
    key: str = ""


class Sink:
    """Subclass it for a sink that is not HTTP. Entering it starts with an empty slate.

    `arrivals` are the deliveries that were taken, in order; `attempts` counts everything that was
    asked of it. `faults` are those that it can play.
    """

    faults: ClassVar[frozenset[Fault]] = frozenset(FAULTS)
    loggers: ClassVar[tuple[str, ...]] = ()
    """Loggers of the fake itself, which is no secret-keeper."""
    arrivals: list[Arrival]
    attempts: int

    @property
    def address(self) -> str:
        """What `{sink}` in the settings of the contract stands for."""
        return ""

    def __enter__(self) -> Self:
        self.arrivals = []
        self.attempts = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The settings for this very sink."""
        return {name: _filled(value, self.address) for name, value in given.items()}

    def opened(self, notifier: type[Notifier], config: Any) -> Notifier:
        """The notifier, made as the program makes it."""
        return notifier(config)

    def play(self, fault: Fault) -> None:
        """The next attempt ends like this. An error repeats what was sent, as careless ones do."""
        raise NotImplementedError

    def mischief(self, arrival: Arrival) -> list[str]:  # noqa: ARG002
        """What in a delivery would do more than be read."""
        return []

    def differences(self, preview: str, arrivals: list[Arrival]) -> str:
        """How a preview differs from what arrived; "" if it does not.

        JSON is compared as JSON: one document, or a list of as many as arrived.
        """
        texts = [arrival.text for arrival in arrivals]
        sent: Any
        shown: Any
        try:
            sent, shown = [json.loads(text) for text in texts], json.loads(preview)
        except ValueError:
            sent, shown = "\n".join(text.strip() for text in texts), preview.strip()
        if sent in (shown, [shown]):
            return ""
        return f"it shows {json.dumps(shown)[:300]}, and {json.dumps(sent)[:300]} arrived"


def _filled(value: Any, address: str) -> Any:
    if isinstance(value, str):
        return value.replace("{sink}", address)
    if isinstance(value, list):
        return [_filled(item, address) for item in value]
    return value

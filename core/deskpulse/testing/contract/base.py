"""What every part of the contract stands on: the author's attributes, and pulls over a tape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn

import httpx
import pytest
from pydantic import ValidationError

from deskpulse.connector import Connector
from deskpulse.errors import StreamForbidden
from deskpulse.testing.bench import Pulled, opened, pull
from deskpulse.testing.clock import FROZEN_AT, FrozenClock
from deskpulse.testing.tape import Exchange, Tape

SHORTEST_REASON = 20
"""Characters of a sentence that says why a test does not apply."""


class Base:
    """The attributes of a contract, and what its tests share."""

    connector: ClassVar[type[Connector]]
    config: ClassVar[Mapping[str, Any]]
    tape: ClassVar[Path | Tape]
    ties: ClassVar[Path | Tape | str] = ""
    overlap: ClassVar[int | Mapping[str, int]] = 0
    now: ClassVar[datetime] = FROZEN_AT
    exempt: ClassVar[Mapping[str, str]] = MappingProxyType({})
    harmless: ClassVar[Mapping[str, str]] = MappingProxyType({})

    @pytest.fixture(autouse=True)
    def _heed_exemptions(self, request: pytest.FixtureRequest) -> None:
        """Skip what `exempt` names, with its reason, which has a test of its own."""
        test = request.node.originalname
        if (reason := self.exempt.get(test)) and test != "test_exempts_with_a_reason":
            pytest.skip(f"exempt: {reason}")

    def settings(self) -> Any:
        """The validated settings."""
        try:
            return self.connector.Config(**self.config)
        except ValidationError as problem:
            self.fail(f"config is not valid for {self.connector.__name__}.Config: {problem}")

    def recorded(self) -> Tape:
        """The main tape."""
        return self.tape if isinstance(self.tape, Tape) else Tape.load(self.tape)

    @contextmanager
    def opened(
        self, transport: httpx.BaseTransport, clock: FrozenClock | None = None
    ) -> Iterator[Connector]:
        """The connector over this transport."""
        clock = clock or FrozenClock(self.now)
        with opened(self.connector, self.settings(), transport, clock) as connector:
            yield connector

    def stream_names(self) -> list[str]:
        """The streams, in order."""
        with self.opened(httpx.MockTransport(_nobody)) as connector:
            return [stream.name for stream in connector.streams()]

    def pull(
        self, name: str, cursor: str | None = None, tape: Tape | None = None
    ) -> tuple[Pulled, list[Exchange]]:
        """Pull one stream over a tape: what it brought, and what it asked for."""
        player = (tape or self.recorded()).player()
        with self.opened(player) as connector:
            stream = next(each for each in connector.streams() if each.name == name)
            try:
                return pull(stream, cursor, player), player.asked
            except StreamForbidden:
                if stream.essential:
                    raise
                return Pulled(), player.asked

    def allowed_overlap(self, name: str) -> int:
        """How many records a pull of this stream may bring again."""
        return self.overlap if isinstance(self.overlap, int) else self.overlap.get(name, 0)

    def needs_http(self) -> None:
        """Skip where there is no vendor to misbehave."""
        if not self.connector.base_url(self.settings()):
            pytest.skip("does not apply: this connector asks nobody over HTTP")

    def fail(self, text: str) -> NoReturn:
        """Fail with this text alone: the traceback of the contract helps nobody."""
        pytest.fail(text, pytrace=False)


def some(texts: frozenset[str], most: int = 3) -> str:
    """A few of these records, for a message."""
    shown = [text if len(text) <= 160 else text[:157] + "..." for text in sorted(texts)[:most]]
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return "; ".join(shown) + more


def _nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"streams() asks the source: {request.url.path}")

"""One failure at each request in turn: nothing may be lost, and nothing hidden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

from deskpulse.connector import Stream
from deskpulse.errors import DeskpulseError
from deskpulse.sync.parsing import parse_page
from deskpulse.testing.bench import Pulled
from deskpulse.testing.clock import FrozenClock
from deskpulse.testing.contract.base import Base, some
from deskpulse.testing.faults import (
    CUT,
    EMPTY,
    EXPIRED,
    HTML,
    TRUNCATED,
    Fault,
    Killed,
    Striking,
    busy,
    error,
)
from deskpulse.testing.tape import TapeMiss

PASSING = (CUT, HTML, TRUNCATED, EMPTY, error(500), error(502), error(503), error(504))
LASTING = (CUT, HTML, error(503))
OBEYED_S = 7
LONG_S = 3600
UNSAID = (None, "", "0", "-7", "soon", "1e3", "99999999999", "Thu, 01 Jan 1970 00:00:00 GMT")
"""Values of Retry-After that say nothing; a source that sends one is asked again all the same."""


class Weathering(Base):
    """Tests of one failure at a time."""

    def test_survives_a_kill_after_every_request(self) -> None:
        """The process ends at request 1, 2, 3 ...: a new start brings what was not stored yet."""
        self._strike_each(lambda _: [(None, False)])

    def test_weathers_a_failure_at_every_request(self) -> None:
        """Everything arrives, or an error says that it did not and a later pull brings the rest.

        A cut, an HTML page, half an answer, an empty one, a 5xx: each at the first two requests,
        and by turns at those that follow; once, and for good.
        """

        def faults(at: int) -> list[tuple[Fault | None, bool]]:
            passing = PASSING if at <= 2 else (PASSING[at % len(PASSING)],)
            lasting = LASTING if at <= 2 else (LASTING[at % len(LASTING)],)
            return [*((each, False) for each in passing), *((each, True) for each in lasting)]

        self._strike_each(faults)

    def test_survives_an_expired_token(self) -> None:
        """401 in the middle: the token is renewed, or `AuthRejected` says so; nothing is lost."""
        self._strike_each(lambda _: [(EXPIRED, False)])

    def test_reads_every_retry_after(self) -> None:
        """429 at each request with Retry-After as seconds, date, nonsense and not at all."""
        self.needs_http()
        until = format_datetime(self.now + timedelta(seconds=OBEYED_S), usegmt=True)
        for name in self.stream_names():
            full, asked = self.pull(name)
            for at in range(1, len(asked) + 1):
                for asked_for in (str(OBEYED_S), until):
                    slept = self._strike(name, full, busy(asked_for), at)
                    if slept < OBEYED_S:
                        self.fail(f"{name}: waits {slept:.1f} s at Retry-After {asked_for!r}")
                self._strike(name, full, busy(UNSAID[at % len(UNSAID)]), at)
                slept = self._strike(name, full, busy(str(LONG_S)), at)
                if slept >= LONG_S:
                    self.fail(f"{name}: sleeps {LONG_S} s instead of coming again")
            for text in UNSAID:
                self._strike(name, full, busy(text), 1)

    # --- what these demand ------------------------------------------------------------------

    def _strike_each(self, faults: Callable[[int], list[tuple[Fault | None, bool]]]) -> None:
        self.needs_http()
        for name in self.stream_names():
            full, asked = self.pull(name)
            for at in range(1, len(asked) + 1):
                for strike, ever in faults(at):
                    self._strike(name, full, strike, at, ever=ever)

    def _strike(
        self, name: str, full: Pulled, fault: Fault | None, at: int, *, ever: bool = False
    ) -> float:
        """Seconds that were slept. Fails where records are lost or a failure is hidden."""
        clock, struck = FrozenClock(self.now), Pulled()
        striking = Striking(self.recorded().player(), fault, at, ever=ever)
        place = f"{fault.name if fault else 'a kill'} at request {at}{' and after it' * ever}"
        told = False
        with self.opened(striking, clock) as connector:
            stream = next(each for each in connector.streams() if each.name == name)
            try:
                _collect(struck, stream)
            except (DeskpulseError, Killed, TapeMiss):
                told = True  # TapeMiss: a token is renewed, and how is not on the tape
            except Exception as problem:  # noqa: BLE001  what else it may be is the question
                self.fail(f"{name}: {place} gives {type(problem).__name__}: {problem}")
        if not striking.struck:
            return sum(clock.slept)
        missing = full.texts() - struck.texts()
        if missing and not told:
            self.fail(f"{name}: {place} goes unnoticed, and records are missing: {some(missing)}")
        if missing:
            again, _ = self.pull(name, struck.cursor)
            missing -= again.texts()
        if missing:
            self.fail(f"{name}: {place} loses records for good: {some(missing)}")
        return sum(clock.slept)


def _collect(pulled: Pulled, stream: Stream) -> None:
    """Pull to the end or to the failure; `pulled` holds what would be stored."""
    for page in stream.pull(None):
        pulled.records.append(parse_page(stream, page, keep_raw=False).records)
        pulled.pages.append(page)

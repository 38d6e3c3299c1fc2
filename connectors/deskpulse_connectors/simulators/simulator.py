"""What every simulated vendor has: a server, a clock, faults, a request log and control."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

from deskpulse_connectors.simulators.clock import SimClock
from deskpulse_connectors.simulators.control import Control
from deskpulse_connectors.simulators.exchange import Reply, Request, Seen
from deskpulse_connectors.simulators.faults import Faults, instead, spoil
from deskpulse_connectors.simulators.server import LoopbackServer


class Simulator(ABC):
    """A vendor on loopback. Subclasses answer as the vendor and let life go on.

    Use it as a context manager, or call `start` and `stop`. Every public method is thread-safe.
    """

    def __init__(
        self, clock: SimClock, *, seed: int, port: int = 0, compress: bool = False
    ) -> None:
        self.clock = clock
        self.seed = seed
        self.faults = Faults(seed)
        self.requests: list[Seen] = []
        self.guard = threading.RLock()
        self._control = Control(self)
        self._server = LoopbackServer(self, port=port, compress=compress)

    # --- what a vendor writes ----------------------------------------------------------------

    @abstractmethod
    def vendor(self, request: Request) -> Reply:
        """The vendor's own answer; called with `guard` held and life caught up."""

    @abstractmethod
    def catch_up(self) -> None:
        """Let life go on until the clock's present; called with `guard` held."""

    @abstractmethod
    def meddle(self) -> None:
        """One random change in this second; called with `guard` held."""

    @abstractmethod
    def tie(self, count: int) -> None:
        """Change `count` records within one second."""

    @abstractmethod
    def truth(self) -> dict[str, Any]:
        """What a perfect sync holds at this moment, as plain values."""

    @property
    @abstractmethod
    def credentials(self) -> dict[str, str]:
        """Everything a client may sign in with."""

    @abstractmethod
    def expire_tokens(self) -> None:
        """Make every access token given out so far invalid."""

    # --- what users call ---------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The base address, without a trailing slash."""
        return self._server.url

    def start(self) -> Self:
        """Begin to answer."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.stop()

    def advance(self, seconds: float, *, quiet: bool = False) -> None:
        """Let time pass, and life go on meanwhile unless it is `quiet`.

        What life would have done in a quiet span it does at the next catch-up, later than due.
        """
        with self.guard:
            self.clock.advance(seconds)
            if not quiet:
                self.catch_up()

    def change(self, count: int, *, spread: int = 60) -> None:
        """Make `count` random changes over the next `spread` seconds, and let those pass."""
        with self.guard:
            for number in range(count):
                self.advance(spread * (number + 1) // count - spread * number // count)
                self.meddle()

    def settle(self) -> None:
        """Let a quiet minute pass, so that what happened is no longer too fresh to be told."""
        self.advance(61, quiet=True)

    def answer(self, request: Request) -> Reply:
        """Answer one request: control, fault, or the vendor."""
        begun = time.perf_counter()
        if request.path.startswith("/_sim/"):
            return self._control.answer(request)
        reply = self._answer(request)
        self.requests.append(
            Seen(
                request.method,
                request.path,
                request.params,
                reply.status,
                self.clock.now(),
                time.perf_counter() - begun,
            )
        )
        return reply

    def date(self) -> str:
        """The simulated present for the `Date` header."""
        return format_datetime(self.clock.instant(), usegmt=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _answer(self, request: Request) -> Reply:
        fault = self.faults.meet(request)
        if fault is not None:
            if fault.kind == "expired":
                self.expire_tokens()
            reply = instead(fault, self.clock.instant())
            if reply is not None:
                return reply
        with self.guard:
            if self.clock.running:
                self.catch_up()
            reply = self.vendor(request)
        return reply if fault is None else spoil(fault, reply)

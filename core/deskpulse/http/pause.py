"""Waiting that a stop signal ends."""

from __future__ import annotations

from typing import Protocol

from deskpulse.clock import Clock
from deskpulse.errors import SourceUnavailable

_SLICE_S = 0.2
"""How long a wait goes on unheard: SIGTERM is noticed within this many seconds."""


class Stopped(SourceUnavailable):
    """The program is ending. The cursor stays where it was; the next run goes on from there."""

    hint = "Nothing to do: deskpulse was told to stop and goes on from here when it starts again."


class Stop(Protocol):
    """Anything that can say "stop now"; a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...


class AnyOf:
    """A stop that is set when one of several is."""

    def __init__(self, *stops: Stop | None) -> None:
        self._stops = tuple(stop for stop in stops if stop is not None)

    def is_set(self) -> bool:
        """Whether one of them is set."""
        return any(stop.is_set() for stop in self._stops)


class Pause:
    """`pause(seconds)` waits on the clock and raises `Stopped` soon after `stop` is set."""

    def __init__(self, clock: Clock, stop: Stop | None = None) -> None:
        self._clock = clock
        self._stop = stop

    def __call__(self, seconds: float) -> None:
        """Wait; raises `Stopped`."""
        self.check()
        if self._stop is None:
            self._clock.sleep(max(seconds, 0.0))
            return
        end = self._clock.monotonic() + seconds
        while (left := end - self._clock.monotonic()) > 0:
            self._clock.sleep(min(left, _SLICE_S))
            self.check()

    def check(self) -> None:
        """Raise `Stopped` if it is time to stop."""
        if self._stop is not None and self._stop.is_set():
            raise Stopped("stopped before the source had answered")

"""How long to keep trying one request, and how long to wait in between (tenacity)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_result

from deskpulse.clock import Clock
from deskpulse.errors import SourceError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """The bounds of one request's tries; spans in seconds.

    `attempts`: tries that fail without the vendor saying how long to wait. `told_to_wait`: tries
    answered by a wait that we were asked for. `in_place_s`: the longest such wait that a thread
    sits out; a longer one is raised as `RateLimited`, and the scheduler comes back in time.
    `total_s`: no wait is begun that would end later than this. Between other tries: full jitter,
    anywhere from 0 to `first_s` doubled each time, at most `longest_s`.
    """

    attempts: int = 5
    told_to_wait: int = 20
    in_place_s: float = 120.0
    total_s: float = 600.0
    first_s: float = 1.0
    longest_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Again:
    """A try that may be repeated: what to raise if it is not, and how long to wait first.

    `asked_s` is the wait that the vendor asked for, `least_s` the least we wait otherwise.
    """

    error: SourceError
    asked_s: float | None = None
    least_s: float = 0.0


def persist(
    attempt: Callable[[], T | Again],
    *,
    patience: Patience,
    clock: Clock,
    pause: Callable[[float], None],
    random: Random,
    before_wait: Callable[[Again, float], None],
) -> T | Again:
    """Repeat `attempt` until it gives something else than `Again`, or patience ends.

    Returns the last `Again` then. What `attempt` and `pause` raise goes through.
    """
    course = _Course(patience, clock, random)
    retrying = Retrying(
        retry=retry_if_result(_is_again),
        wait=course.wait,
        stop=course.over,
        sleep=pause,
        before_sleep=lambda state: before_wait(_again(state), state.upcoming_sleep),
        retry_error_callback=_again,
    )
    return retrying(attempt)


class _Course:
    """How far one request has come."""

    def __init__(self, patience: Patience, clock: Clock, random: Random) -> None:
        self._patience = patience
        self._clock = clock
        self._random = random
        self._started = clock.monotonic()
        self._failed = 0
        self._told = 0

    def wait(self, state: RetryCallState) -> float:
        """Seconds before the next try; tenacity asks this before `over`."""
        again = _again(state)
        if again.asked_s is not None:
            self._told += 1
            return again.asked_s
        self._failed += 1
        ceiling = self._patience.first_s * 2.0 ** (self._failed - 1)
        return again.least_s + self._random.uniform(0.0, min(ceiling, self._patience.longest_s))

    def over(self, state: RetryCallState) -> bool:
        """Whether the last try was the last."""
        asked = _again(state).asked_s
        elapsed = self._clock.monotonic() - self._started
        return (
            self._failed >= self._patience.attempts
            or self._told >= self._patience.told_to_wait
            or (asked is not None and asked > self._patience.in_place_s)
            or elapsed + state.upcoming_sleep > self._patience.total_s
        )


def _is_again(result: object) -> bool:
    return isinstance(result, Again)


def _again(state: RetryCallState) -> Again:
    assert state.outcome is not None
    again = state.outcome.result()
    assert isinstance(again, Again)
    return again

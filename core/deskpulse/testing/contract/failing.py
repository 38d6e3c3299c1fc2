"""What a connector does when its vendor refuses, stumbles or changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import httpx

from deskpulse.errors import AuthRejected, RateLimited, SourceUnavailable
from deskpulse.testing.bench import Pulled, pull
from deskpulse.testing.clock import FrozenClock
from deskpulse.testing.contract.base import Base, some
from deskpulse.testing.mutations import of_another_shape, without_each_key
from deskpulse.testing.tape import Exchange
from deskpulse.testing.transports import MAINTENANCE, Always, FirstRefuse, Unreachable

WAIT_S = 7
MOST_TRIES = 100
"""Requests in one pull of a source that is down; core itself gives up far earlier."""

Mutate = Callable[[Exchange], Iterable[tuple[str, Exchange]]]


class Failing(Base):
    """Tests of failure."""

    def test_bad_credentials_are_not_retried(self) -> None:
        """401 to everything: `AuthRejected`, after two requests at most."""
        self.needs_http()
        for name in self.stream_names():
            for body in (b'{"error": "bad credentials"}', MAINTENANCE, b""):
                refusing = Always(401, body)
                error = self._error(name, refusing)
                if not isinstance(error, AuthRejected):
                    self.fail(f"{name}: 401 to everything gives {_told(error)}, not AuthRejected")
                if refusing.requests > 2:
                    self.fail(f"{name}: refused credentials are tried {refusing.requests} times")

    def test_gives_up_as_unavailable(self) -> None:
        """A source that is down, or answers with a page for people, is `SourceUnavailable`."""
        self.needs_http()
        for name in self.stream_names():
            for what, down in (
                ("503 to everything", Always(503)),
                ("an HTML page to everything", Always(200, MAINTENANCE)),
                ("no connection", Unreachable()),
            ):
                error = self._error(name, down)
                if not isinstance(error, SourceUnavailable | RateLimited):
                    self.fail(f"{name}: {what} gives {_told(error)}, not SourceUnavailable")
                if not 1 <= down.requests <= MOST_TRIES:
                    self.fail(f"{name}: {what} is tried {down.requests} times")

    def test_waits_when_told_to(self) -> None:
        """429 with Retry-After: waits that long, then brings everything."""
        self.needs_http()
        for name in self.stream_names():
            full, _ = self.pull(name)
            clock, player = FrozenClock(self.now), self.recorded().player()
            refusing = FirstRefuse(player, 429, {"retry-after": str(WAIT_S)})
            with self.opened(refusing, clock) as connector:
                stream = next(each for each in connector.streams() if each.name == name)
                late = pull(stream, None, player)
            if not refusing.refused:
                self.fail(f"{name}: asks nobody; requests go through self.get and self.post_query")
            if sum(clock.slept) < WAIT_S:
                self.fail(f"{name}: waits {sum(clock.slept):.1f} s when asked to wait {WAIT_S} s")
            if full.texts() - late.texts():
                self.fail(
                    f"{name}: loses records after a wait: {some(full.texts() - late.texts())}"
                )

    def test_no_key_is_quietly_optional(self) -> None:
        """Each top-level key of each answer, dropped: an error or a rejection, never fewer records.

        `body.get("tickets", [])` reads a changed API as "no tickets".
        """
        self._demand_loud(without_each_key, keeps_cursor=True)

    def test_a_changed_shape_is_loud(self) -> None:
        """Values of another type, other JSON, HTML with 200: never silently fewer records."""
        self._demand_loud(of_another_shape, keeps_cursor=False)

    # --- what these demand ------------------------------------------------------------------

    def _error(self, name: str, transport: httpx.BaseTransport) -> BaseException | None:
        with self.opened(transport) as connector:
            stream = next(each for each in connector.streams() if each.name == name)
            try:
                pull(stream, None)
            except Exception as problem:  # noqa: BLE001  which one it is, is the question
                return problem
        return None

    def _demand_loud(self, mutate: Mutate, *, keeps_cursor: bool) -> None:
        self.needs_http()
        tape = self.recorded()
        for name in self.stream_names():
            full, asked = self.pull(name)
            for exchange in dict.fromkeys(each.request for each in asked):
                original = next(each for each in asked if each.request == exchange)
                for how, changed in mutate(original):
                    try:
                        pulled, _ = self.pull(name, None, tape.replacing(changed))
                    except Exception:  # noqa: BLE001, S112  any error is loud
                        continue
                    self._demand_all(name, full, pulled, f"{original} answered {how}")
                    if keeps_cursor and full.cursor is not None and pulled.cursor is None:
                        self.fail(f"{name} quietly forgets its cursor: {original} answered {how}")

    def _demand_all(self, name: str, full: Pulled, pulled: Pulled, how: str) -> None:
        missing = full.texts() - pulled.texts()
        if missing and not pulled.rejected:
            self.fail(f"{name} quietly brings {len(missing)} records less: {how}")


def _told(error: BaseException | None) -> str:
    return "no error" if error is None else f"{type(error).__name__}: {error}"

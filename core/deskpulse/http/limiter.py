"""Request budgets, kept before sending: one `Limiter` per account, shared by its threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from deskpulse.clock import Clock
from deskpulse.errors import PluginError, RateLimited
from deskpulse.http.budget import Budget
from deskpulse.http.headers import Allowance
from deskpulse.http.pause import Pause

_MARGIN = 1.02
"""Requests travel at different speeds: two sent a window apart may arrive closer together. A window
two percent longer than declared keeps the vendor's count right and costs two percent of it."""

_LEAST_WAIT_S = 0.001
"""Shorter waits may vanish in the rounding of a float."""

_RECHECK_S = 0.2
"""How often a thread that waits for another to finish asks whether it should stop."""


class Limiter:
    """Keeps every budget of one account: at most N in any window, at most `parallel` at once.

    A call counts once against the budget that it names, and with its cost against the default
    budget "", where they are declared. A place is taken before the request is sent, so that threads
    never overshoot together. Requests go out as soon as the window allows; they are not spread. A
    thread waits for its own window however long; when the vendor closed the account for longer than
    `longest_hold_s`, it gets `RateLimited` instead, so that the scheduler can come back later.
    """

    def __init__(
        self, budgets: Sequence[Budget], clock: Clock, *, longest_hold_s: float = 120.0
    ) -> None:
        self._clock = clock
        self._longest_hold_s = longest_hold_s
        self._changed = threading.Condition()
        self._windows = {budget.name: _Window(budget) for budget in budgets}
        if len(self._windows) < len(budgets):
            raise PluginError("two budgets of this connector have the same name")

    def budget(self, name: str) -> Budget | None:
        """The declared budget; None for "" when no default was declared. Raises `PluginError`."""
        window = self._windows.get(name)
        if window is None and name:
            known = ", ".join(sorted(filter(None, self._windows))) or "none"
            raise PluginError(f'no budget is called "{name}"; declared: {known}')
        return None if window is None else window.budget

    @contextmanager
    def slot(self, name: str, pause: Pause, cost: int = 1) -> Iterator[float]:
        """Wait for a place, hold it while the block runs; gives the seconds waited.

        `cost`: how many units of the default budget it takes; more than all of it counts as that.
        Raises `Stopped` when the pause is stopped, `RateLimited` when the vendor closed the account
        for long, `PluginError` for an unknown budget.
        """
        windows = self._of(name)
        started = self._clock.monotonic()
        self._enter(windows, pause, cost)
        try:
            yield self._clock.monotonic() - started
        finally:
            with self._changed:
                for window in windows:
                    window.flying -= 1
                self._changed.notify_all()

    def hold(self, name: str, seconds: float) -> None:
        """Send nothing on this budget for so long: the vendor asked one of its threads to wait."""
        with self._changed:
            window = self._windows.get(name)
            if window is not None:
                window.hold(self._clock.monotonic() + seconds)

    def learn(self, name: str, allowance: Allowance | None) -> None:
        """Believe a vendor who says that nothing is left: others use the same account.

        The allowance belongs to the budget of the same size that the call counts against, else to
        the default budget. Without a reset time the window counts as full from here on.
        """
        if allowance is None or allowance.remaining > 0:
            return
        with self._changed:
            windows = self._of(name)
            if not windows:
                return
            now = self._clock.monotonic()
            same = [w for w in windows if w.budget.requests == allowance.limit]
            window = (same or windows)[0]
            reset = allowance.reset_s
            window.hold(window.oldest_leaves(now) if reset is None else now + reset)

    def _of(self, name: str) -> list[_Window]:
        self.budget(name)
        return [self._windows[key] for key in dict.fromkeys(("", name)) if key in self._windows]

    def _enter(self, windows: list[_Window], pause: Pause, cost: int) -> None:
        while True:
            with self._changed:
                pause.check()
                now = self._clock.monotonic()
                self._give_back(max((w.held_until - now for w in windows), default=0.0))
                wait = max((window.free_at(now, cost) - now for window in windows), default=0.0)
                if wait <= 0:
                    if all(window.has_room() for window in windows):
                        for window in windows:
                            window.take(now, cost)
                        return
                    self._changed.wait(_RECHECK_S)
                    continue
            pause(max(wait, _LEAST_WAIT_S))

    def _give_back(self, hold_s: float) -> None:
        if hold_s > self._longest_hold_s:
            raise RateLimited(
                f"the vendor gives this account nothing for another {hold_s:.0f} s",
                retry_after=hold_s,
            )


class _Window:
    """When the requests of one budget were sent. Used under the limiter's lock."""

    def __init__(self, budget: Budget) -> None:
        if budget.requests < 1 or budget.per_s <= 0 or budget.parallel < 1:
            raise PluginError(f"{budget} allows nothing; every number must be positive")
        self.budget = budget
        self.flying = 0
        self._span = budget.per_s * _MARGIN
        self._sent: deque[tuple[float, int]] = deque()
        self._used = 0
        self.held_until = float("-inf")

    def free_at(self, now: float, cost: int = 1) -> float:
        """The first moment at which so many more units are allowed (may be past)."""
        self._forget(now)
        over = self._used + self._bounded(cost) - self.budget.requests
        free = now
        for sent, units in self._sent:
            if over <= 0:
                break
            free, over = sent + self._span, over - units
        return max(self.held_until, free)

    def has_room(self) -> bool:
        """Whether fewer requests are under way than may be at once."""
        return self.flying < self.budget.parallel

    def take(self, now: float, cost: int = 1) -> None:
        """One more request goes out."""
        units = self._bounded(cost)
        self._sent.append((now, units))
        self._used += units
        self.flying += 1

    def hold(self, until: float) -> None:
        """Nothing goes out before `until`; an earlier hold never shortens a later one."""
        self.held_until = max(self.held_until, until)

    def oldest_leaves(self, now: float) -> float:
        """When the oldest request drops out of the window; a whole window from now if none."""
        self._forget(now)
        return (self._sent[0][0] if self._sent else now) + self._span

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0][0] + self._span <= now:
            self._used -= self._sent.popleft()[1]

    def _bounded(self, cost: int) -> int:
        """Units of the account; of a budget of its own a call is one, whatever it costs."""
        return 1 if self.budget.name else min(max(cost, 1), self.budget.requests)

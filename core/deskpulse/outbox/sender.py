"""The sender: per channel claim, send, record, until nothing is due."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from deskpulse import message_json
from deskpulse.clock import Clock
from deskpulse.errors import ConfigError, DeliveryDeferred, DeliveryRejected, LeaseHeld
from deskpulse.leases import Held
from deskpulse.notifier import Notifier, Receipt
from deskpulse.outbox import claim, record, thread
from deskpulse.outbox.claim import Claimed
from deskpulse.outbox.record import Outcome, Sent
from deskpulse.store import Store

CLAIM = timedelta(seconds=120)
"""How long a sender may take for one message before another process may try it."""
FIRST_RETRY = timedelta(seconds=30)
SHORTEST_RETRY = timedelta(seconds=1)
"""Also for a sink that asks for no wait: otherwise one run would use up every attempt."""
TRUSTED = 10
"""Attempts after which a sink's own word on when to come back is no longer enough."""
LONGEST_RETRY = timedelta(hours=1)
MOST_ATTEMPTS = 50
PATIENCE = timedelta(seconds=2)
"""How long a run waits for a channel's pace; a longer pause is left to the next run."""
CHANNELS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is due. `notifier` makes a configured notifier by name.

    `spacing` says how many seconds a notifier wants between two messages; all processes on one
    store share that pace. `stop` ends a run after the message at hand.
    """

    store: Store
    clock: Clock
    notifier: Callable[[str], Notifier]
    stop: Event = field(default_factory=Event)
    spacing: Callable[[str], float] = lambda _: 0.0
    claim_s: float = CLAIM.total_seconds()

    def run(self) -> list[Sent]:
        """Send every due row once; raises nothing that a single row caused.

        A channel that another process is sending to is left to it.
        """
        with self.store.reading() as connection:
            channels = claim.due(connection, self.clock.now())
        if len(channels) < 2:
            return [sent for name in channels for sent in self._channel(name)]
        with ThreadPoolExecutor(CHANNELS_AT_ONCE) as pool:  # a slow sink must not delay the others
            return [sent for done in pool.map(self._channel, channels) for sent in done]

    def _channel(self, name: str) -> list[Sent]:
        done: list[Sent] = []
        channel = f"channel:{name}"
        try:
            with self.store.leases.hold(channel, ttl_s=self.claim_s) as held:
                while not self.stop.is_set() and (row := self._claim(name, held)) is not None:
                    outcome = self._send(row)
                    done.append(self._record(row, outcome))
                    if outcome.pauses:
                        break
        except LeaseHeld:
            pass
        return done

    def _claim(self, name: str, held: Held) -> Claimed | None:
        waited = False
        while True:
            with self.store.writing() as connection:
                held.confirm(connection)
                now = self.clock.now()
                left = claim.pause_left(connection, name, now)
                if not left or waited:  # the clock of `--as-of` stands still
                    until = now + timedelta(seconds=self.claim_s)
                    return claim.claim(connection, name, now, until)
            if left > PATIENCE or self.stop.is_set():
                return None
            self.clock.sleep(left.total_seconds())
            waited = True

    def _send(self, row: Claimed) -> Outcome:
        try:
            notifier = self.notifier(row.notifier)
            with self.store.reading() as connection:
                if not claim.is_ours(connection, row):  # we slept through our lease
                    return Outcome("queued", "another process has taken it over")
                before = thread.earlier(connection, row)
            message = thread.as_sent(
                message_json.loads(row.message), row, before, buttons=notifier.listens
            )
            if message is None:
                return Outcome("dropped", "its beginning never arrived here")
            return Outcome("sent", receipt=notifier.send(message, row.receipt or before.receipt))
        except DeliveryDeferred as later:
            asked = later.retry_after
            wait = None if asked is None else timedelta(seconds=asked)
            return self._again(
                row, later.message, wait, later.progress, uncertain=later.ambiguous, pauses=True
            )
        except (DeliveryRejected, ConfigError) as refusal:
            return Outcome("dead", refusal.message, receipt=row.receipt)
        except Exception as problem:  # noqa: BLE001  one notifier's fault must not stop the others
            error = f"{type(problem).__name__} in notifier {row.notifier!r}"
            return self._again(row, error, uncertain=True)

    def _again(
        self,
        row: Claimed,
        error: str,
        wait: timedelta | None = None,
        progress: Receipt | None = None,
        *,
        uncertain: bool = False,
        pauses: bool = False,
    ) -> Outcome:
        receipt = progress or row.receipt
        if row.attempts + 1 >= MOST_ATTEMPTS:
            return Outcome("dead", error, receipt=receipt)
        later = _backoff(row.attempts) if wait is None else _as_asked(wait, row.attempts)
        # the whole channel waits as long as it was asked to, and not longer than one message's try
        pause = min(later, FIRST_RETRY if wait is None else later) if pauses else None
        return Outcome("queued", error, later, receipt, uncertain=uncertain, pause=pause)

    def _record(self, row: Claimed, outcome: Outcome) -> Sent:
        now = self.clock.now()
        pace = timedelta(seconds=self.spacing(row.notifier))
        with self.store.writing() as connection:
            record.record(connection, row, outcome, now)
            if (pause := outcome.pause or pace) > timedelta(0):
                claim.pause(connection, row.notifier, now + pause)
        return Sent(row.key, row.notifier, outcome.state, outcome.error)


def _as_asked(wait: timedelta, attempts: int) -> timedelta:
    """A sink that asks for a second again and again is busy, and no reason to give up for good."""
    if attempts < TRUSTED:
        return max(wait, SHORTEST_RETRY)
    return max(wait, _backoff(attempts - TRUSTED))


def _backoff(attempts: int) -> timedelta:
    return min(FIRST_RETRY * (1 << min(attempts, 10)), LONGEST_RETRY)

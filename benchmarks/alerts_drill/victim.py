"""The process that is killed: it evaluates a script of alerts and sends what comes of it."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from benchmarks.alerts_drill.sink import Post
from deskpulse import outbox
from deskpulse.alerts.cycle import Cycle
from deskpulse.alerts.routing import Route
from deskpulse.alerts.rules import Plan
from deskpulse.clock import SystemClock
from deskpulse.errors import LeaseHeld
from deskpulse.rule import Signal
from deskpulse.store import Store

RULE, CHANNELS = "drill", ("one", "two")
LASTS = 3
"""Cycles that an alert fires."""


@dataclass(frozen=True)
class Script:
    """`alerts` subjects, one more in each cycle; each fires for a while and is resolved."""

    store: str
    sink: str
    alerts: int
    claim_s: float = 120.0

    def signals(self, begun: int) -> tuple[Signal, ...]:
        """What the rule says after `begun` subjects have begun: where it goes on after a kill."""
        return tuple(
            Signal(f"s{n}", "holds" if n > begun - LASTS else "clear", f"Alert {n}", f"Alert {n}")
            for n in range(max(0, begun - LASTS - 2), min(begun + 1, self.alerts))
        )

    def run(self) -> None:
        """Work until everything has been told."""
        store = Store.open(self.store)
        post = Post(self.sink)
        sender = outbox.Sender(store, SystemClock(), lambda _: post, claim_s=self.claim_s)
        while not self._over(store):
            self.cycle(store)
            sender.run()
        store.close()

    def cycle(self, store: Store) -> None:
        """One evaluation under the lease, as `deskpulse run` does it."""
        plan = Plan(RULE, group_above=10**6, group_interval=timedelta(seconds=1))
        routes = (Route("all", CHANNELS, queue_at_most=10**6),)
        try:
            with store.leases.hold("alerts") as held:
                with store.reading() as connection:
                    asked = connection.execute(
                        text("SELECT count(DISTINCT subject) FROM alert")
                    ).scalar_one()
                    closed = connection.execute(
                        text("SELECT count(*) FROM alert WHERE closed_at IS NOT NULL")
                    ).scalar_one()
                begun = asked if asked < self.alerts else min(closed, self.alerts) + LASTS + 2
                with store.writing() as connection:
                    held.confirm(connection)
                    said = {RULE: self.signals(begun)}
                    Cycle({RULE: plan}, routes).run(connection, said, SystemClock().now())
        except LeaseHeld:
            time.sleep(0.01)

    def _over(self, store: Store) -> bool:
        with store.reading() as connection:
            closed = connection.execute(
                text("SELECT count(*) FROM alert WHERE closed_at IS NOT NULL")
            ).scalar_one()
            waiting = connection.execute(
                text("SELECT count(*) FROM delivery WHERE state = 'queued'")
            ).scalar_one()
        return bool(closed >= self.alerts and not waiting)


def fork(work: Callable[[], None]) -> int:
    """A copy of this process that does the work and ends; importing takes longer than the work."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:  # noqa: BLE001  it must not go on as a copy of the parent
        traceback.print_exc()
        os._exit(70)
    os._exit(0)


def ended(pid: int) -> int | None:
    """The exit code, if it has ended."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def kill(pid: int) -> bool:
    """Kill -9; False if it had ended by itself."""
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def main(store: str, sink: str, alerts: str, claim_s: str, what: str) -> None:
    """`python -m benchmarks.alerts_drill.victim STORE SINK ALERTS CLAIM_S run|send`."""
    script = Script(store, sink, int(alerts), float(claim_s))
    if what == "run":
        script.run()
    else:
        opened, post = Store.open(store), Post(sink)
        outbox.Sender(opened, SystemClock(), lambda _: post, claim_s=script.claim_s).run()
        opened.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

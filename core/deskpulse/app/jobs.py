"""The work of `deskpulse run`: sync and derive, alerts, digests, KPI snapshots, the outbox."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from deskpulse.app import digests, heartbeat, keeping, snapshots
from deskpulse.app.alerting import Alerting
from deskpulse.app.answers import freshness
from deskpulse.app.delivery import sender
from deskpulse.app.fault import as_error, in_a_line
from deskpulse.app.timetable import Due
from deskpulse.errors import LeaseHeld
from deskpulse.sync.report import SyncReport

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace

SYNCS_APART = timedelta(seconds=10)
"""How soon after a sync another one may begin because a deadline is over."""
PATIENCE = timedelta(minutes=30)
"""How long a digest waits for a source that is behind; then it goes out and says so."""


@dataclass
class Jobs:
    """Each job is a method that may be called at any time, from any thread.

    What is due and what was done stands in the store, so a run that was killed goes on where it
    was, and two runs on one store do nothing twice. `said` is told what happened, in words.
    """

    workspace: Workspace
    said: Callable[[str], None]
    soon: Callable[[Callable[[], None]], None] = lambda work: work()
    """Has work done that may take long, so that whoever asks can go on; by itself at once."""
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    _synced_at: datetime | None = None
    _one_evaluation: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def alerting(self) -> Alerting:
        """The alerts, with questions of their own: a long sync does not keep them waiting."""
        return Alerting(self.workspace.beside(), self.said)

    def once(self) -> SyncReport:
        """Everything that is due, one after the other; errors go through."""
        self.alerting.waits = False
        report = self.sync()
        for job in (self.retention, self.digests, self.snapshots, self.deliver, self.purge):
            if not self.workspace.stop.is_set():
                job()
        return report

    def sync(self) -> SyncReport:
        """Sync every source, derive what became dirty, and judge what is to be alerted."""
        with self._one_at_a_time:
            return self._sync()

    def alerts(self) -> None:
        """What time alone changes: deadlines, waits that end, snoozes that are over."""
        if self.workspace.stop.is_set() or self._asks_again():
            return
        with self._one_evaluation:
            report = self.alerting.tick()
        if report is not None and report.words:
            self.said(f"alerts: {report.words}")
        if report is not None and report.messages:
            self.soon(self.deliver)

    def _asks_again(self) -> bool:
        """Whether a deadline is over and the sources are, or soon will be, asked what became of it.

        Nobody is told of a breach that an answer prevented which we have not seen yet. A sync that
        is under way keeps nothing waiting: then what is known has to do.
        """
        due, now = self.alerting.next_due, self.workspace.clock.now()
        if due is None or now <= due or not self._unsynced_since(due):
            return False
        if self._synced_at is not None and now - self._synced_at < SYNCS_APART:
            return True
        if not self._one_at_a_time.acquire(blocking=False):
            return False
        self.soon(self._sync_for_a_deadline)
        return True

    def _sync_for_a_deadline(self) -> None:
        """Sync, holding the lock that the tick has taken, and send what comes of it."""
        try:
            self._sync()
        finally:
            self._one_at_a_time.release()
        self.deliver()

    def digests(self) -> None:
        """Write every digest that is due into the outbox, after a sync that covers its period."""
        workspace = self.workspace
        with self._one_at_a_time:
            if workspace.stop.is_set():
                return
            items = digests.due(workspace)
            if items and self._unsynced_since(max(item.due_at for item in items)):
                self._sync()
            workspace.renew()
            for item in items:
                if workspace.stop.is_set():
                    return
                if self._may_go(item):
                    self.said(digests.write(workspace, item))
        if items:
            self.deliver()

    def snapshots(self) -> None:
        """Keep the values of the configured KPIs, once a period."""
        with self._one_at_a_time:
            if self._synced_at is None or self.workspace.stop.is_set():
                return  # the first sync will bring the present
            self.workspace.renew()
            kept = snapshots.keep(self.workspace)
        if kept:
            self.said(f"{kept} KPI values are kept as a snapshot")

    def retention(self) -> None:
        """Remove what `[privacy] retention` calls too old, once a day."""
        with self._one_at_a_time:
            if self._synced_at is None or self.workspace.stop.is_set():
                return
            counts = keeping.expire(self.workspace)
        if counts:
            told = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
            self.said(f"retention: {told}")

    def deliver(self) -> None:
        """Send what is in the outbox."""
        for sent in sender(self.workspace).run():
            self.said(f"{sent.notifier}: {sent.key} {sent.state} {sent.error}".rstrip())

    def purge(self) -> None:
        """Forget alerts that are long over, and messages that arrived long ago."""
        if self.workspace.stop.is_set():
            return
        try:
            with self._one_evaluation:
                gone = self.alerting.purge()
        except LeaseHeld:
            return  # there is no hurry
        if gone.alerts or gone.messages:
            self.said(f"forgot {gone.alerts:,} old alerts, {gone.messages:,} old messages")

    def _sync(self) -> SyncReport:
        workspace = self.workspace
        self._synced_at = workspace.clock.now()
        report = workspace.sync()
        for item in report.streams:
            if item.outcome not in ("ok", "skipped", "stopped"):
                name = f"{item.source} {item.stream}".strip()
                why = in_a_line(item.error or item.first_error, item.hint)
                self.said(f"{name}: {item.outcome}: {why}")
        if not workspace.stop.is_set():
            derived = workspace.refresh.run()
            changed = sum(item.rows.new + item.rows.changed for item in report.streams)
            self.said(f"synced, {changed:,} records changed, {derived.tickets:,} tickets derived")
            self._judge(whole=report.exit_code == 0)
        return report

    def _judge(self, *, whole: bool) -> None:
        """Evaluate every rule; a cycle that is complete is told to whoever watches us."""
        if self.workspace.config.rules:
            try:
                with self._one_evaluation:
                    report = self.alerting.evaluate()
            except LeaseHeld as other:
                self.said(f"alerts: {other.message}")  # our next tick looks at what came with us
                return
            if report.words:
                self.said(f"alerts: {report.words}")
        if whole and not self.alerting.failing and (problem := heartbeat.ping(self.workspace)):
            self.said(problem)

    def _unsynced_since(self, moment: datetime) -> bool:
        return self._synced_at is None or self._synced_at < moment

    def _may_go(self, item: Due) -> bool:
        """Whether the data covers the digest's day, or has been waited for long enough."""
        if self.workspace.clock.now() >= item.due_at + PATIENCE:
            return True
        return all(
            source.complete_to is not None and source.complete_to >= item.day_over
            for source in freshness(self.workspace)
        )


def contained(
    job: Callable[[], object], workspace: Workspace, said: Callable[[str], None]
) -> Callable[[], None]:
    """`job`, but an error is told and the next tick tries again."""

    def run() -> None:
        if workspace.stop.is_set():
            return
        try:
            job()
        except Exception as problem:  # noqa: BLE001  one job's fault must not end the others
            error = as_error(problem, workspace.redactor)
            level = "" if isinstance(problem, LeaseHeld) else "error: "
            said(f"{level}{in_a_line(error.message, error.hint)}")

    return run

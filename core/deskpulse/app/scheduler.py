"""What `deskpulse run` does when: sync and derive, digests, KPI snapshots, the outbox.

APScheduler only ticks. What is due and what was done stands in the store, so a run that was killed
goes on where it was, and two runs on one store do not do things twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from deskpulse import outbox
from deskpulse.clock import to_micros
from deskpulse.errors import DeskpulseError, LeaseHeld
from deskpulse.leases import lease, this_process
from deskpulse.sync import Progress, Silent, SyncEngine

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace

log = logging.getLogger("deskpulse.run")

OUTBOX_EVERY_S = 5
DIGESTS_EVERY_S = 20


@dataclass
class Jobs:
    """The work of `deskpulse run`, each job a method that may be called at any time."""

    workspace: Workspace
    progress: Progress = field(default_factory=Silent)
    said: Callable[[str], None] = log.info
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def sync(self) -> None:
        """Sync every source, then derive what became dirty."""
        workspace = self.workspace
        with self._one_at_a_time:
            engine = SyncEngine(workspace.store, workspace.clock, self.progress, workspace.stop)
            limits = {name: table.streams for name, table in workspace.config.sources.items()}
            report = engine.run(workspace.sources(), limits=limits)
            for item in report.streams:
                if item.outcome not in ("ok", "skipped", "stopped"):
                    self.said(f"{item.source} {item.stream}: {item.outcome}: {item.error}")
            if not workspace.stop.is_set():
                derived = workspace.refresh.run()
                changed = sum(item.rows.new + item.rows.changed for item in report.streams)
                self.said(f"synced, {changed} records changed, {derived.tickets} tickets derived")

    def digests(self) -> None:
        """Write every digest that is due into the outbox, after a sync that covers its period."""
        from deskpulse.app import digests

        workspace = self.workspace
        with workspace.store.writing() as connection:
            items = digests.due(workspace, connection)
        if not items:
            return
        if not self._covered(max(item.due_at for item in items)):
            self.sync()
        with self._one_at_a_time:
            engine = workspace.fresh_engine()
            for item in items:
                digests.write(
                    workspace, item, digests.compose(workspace, engine, item.name, item.day)
                )
                self.said(f"digest {item.name} of {item.period} is in the outbox")
        self.deliver()

    def _covered(self, moment: datetime) -> bool:
        """Whether every source's data reaches up to `moment`."""
        from deskpulse.app.answers import freshness

        found = freshness(self.workspace)
        return all(item.complete_to is not None and item.complete_to >= moment for item in found)

    def snapshots(self) -> None:
        """Keep today's values of the configured KPIs."""
        workspace = self.workspace
        with self._one_at_a_time:
            now, engine = workspace.clock.now(), workspace.fresh_engine()
            rows = []
            for kpi in workspace.config.schedule.snapshot:
                for row in engine.compute(kpi, compare=False).rows:
                    rows.append(
                        {
                            "kpi": kpi,
                            "clock": "calendar",
                            "bucket": row.bucket or "",
                            "dims": orjson.dumps(dict(row.dims)).decode(),
                            "value": row.value,
                            "n": row.n or 0,
                            "detail": "{}",
                            "computed_at": to_micros(now),
                        }
                    )
            workspace.store.keep_values(rows)

    def deliver(self) -> None:
        """Send what is in the outbox."""
        workspace = self.workspace
        sender = outbox.Sender(workspace.store, workspace.clock, workspace.notifier)
        try:
            with lease(workspace.store.engine, "sender", this_process()):
                for sent in sender.run():
                    self.said(f"{sent.notifier}: {sent.key} {sent.state} {sent.error}".rstrip())
        except LeaseHeld:
            return  # another process is sending

    def contained(self, job: Callable[[], None]) -> Callable[[], None]:
        """`job`, but an error is told and the next tick tries again."""

        def run() -> None:
            if self.workspace.stop.is_set():
                return
            try:
                job()
            except LeaseHeld as problem:
                self.said(problem.message)
            except DeskpulseError as problem:
                log.error("%s %s", problem.message, problem.hint)  # noqa: TRY400  the text says it all
            except Exception:
                log.exception("a fault in %s", getattr(job, "__name__", job))

        run.__name__ = getattr(job, "__name__", "job")
        return run


def run(workspace: Workspace, jobs: Jobs) -> None:
    """Run every job on its schedule until `workspace.stop` is set; then end cleanly."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(4)},
        # late is better than never: the default drops a tick that is one second late
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    schedule = workspace.config.schedule
    plan = [
        (jobs.sync, schedule.sync.total_seconds()),
        (jobs.digests, DIGESTS_EVERY_S),
        (jobs.snapshots, schedule.kpis.total_seconds()),
        (jobs.deliver, OUTBOX_EVERY_S),
    ]
    jobs.contained(jobs.sync)()
    now = workspace.clock.now()
    for job, seconds in plan:
        scheduler.add_job(
            jobs.contained(job),
            "interval",
            seconds=seconds,
            id=job.__name__,
            next_run_time=None if job == jobs.sync else now,
        )
        if job == jobs.sync:
            scheduler.reschedule_job(job.__name__, trigger="interval", seconds=seconds)
    scheduler.start()
    try:
        while not workspace.stop.wait(0.5):
            pass
    finally:
        scheduler.shutdown(wait=True)

"""The clockwork of `deskpulse run`. APScheduler only ticks; what is due stands in the store."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from deskpulse.app import listening
from deskpulse.app.jobs import Jobs, contained
from deskpulse.app.signals import AWAKE_S

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace

OUTBOX_EVERY_S = 5
ALERTS_EVERY_S = 1
DIGESTS_EVERY_S = 20
SNAPSHOTS_EVERY_S = 60
PURGE_EVERY_S = 3600
RETENTION_EVERY_S = 600
"""Ticks are cheap: what is done already is not done again."""
THREADS = 8
"""One for each job, and one for what a tick of the alerts asks for."""
END_WITHIN_S = 8.0
"""A request may hang for a minute; nobody waits for it when the program is told to end."""


def run(workspace: Workspace, jobs: Jobs) -> bool:
    """Run every job at once and then on its schedule, until `workspace.stop` is set.

    Returns whether all work at hand was ended within `END_WITHIN_S`.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    # a tick that comes while its job still works is no news
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(THREADS)},
        # late is better than never: the default drops a tick that is one second late
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    plan: list[tuple[Callable[[], object], float]] = [
        (jobs.sync, workspace.config.schedule.sync.total_seconds()),
        (jobs.digests, DIGESTS_EVERY_S),
        (jobs.snapshots, SNAPSHOTS_EVERY_S),
        (jobs.retention, RETENTION_EVERY_S),
        (jobs.alerts, ALERTS_EVERY_S),
        (jobs.deliver, OUTBOX_EVERY_S),
        (jobs.purge, PURGE_EVERY_S),
    ]
    for job, seconds in plan:
        scheduler.add_job(
            contained(job, workspace, jobs.said),
            "interval",
            seconds=seconds,
            id=job.__name__,
            next_run_time=datetime.now(UTC),
        )

    def soon(work: Callable[[], None]) -> None:
        """A slow source or sink must not keep the ticks of the alerts waiting."""
        scheduler.add_job(contained(work, workspace, jobs.said))

    jobs.soon = soon
    scheduler.start()
    listening.start(workspace, jobs.said, jobs.alerting.look_soon)
    while not workspace.stop.wait(AWAKE_S):
        pass  # awake: see `signals.awake`
    end = threading.Thread(target=scheduler.shutdown, daemon=True)
    end.start()
    end.join(END_WITHIN_S)
    return not end.is_alive()

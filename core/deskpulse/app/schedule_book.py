"""The book of what was done when: one row a job and period, so that each is done once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from deskpulse.clock import to_micros


def newest(connection: Connection, job: str) -> str:
    """The latest period of a job that is done; empty before the first."""
    return str(
        connection.execute(
            text("SELECT coalesce(max(period), '') FROM schedule_run WHERE job = :job"),
            {"job": job},
        ).scalar_one()
    )


def tick(
    connection: Connection,
    job: str,
    period: str,
    *,
    due_at: datetime,
    now: datetime,
    outcome: str,
) -> bool:
    """Tick a period off; returns False if somebody else has done so already."""
    result = connection.execute(
        text(
            "INSERT INTO schedule_run (job, period, due_at, done_at, outcome) "
            "VALUES (:job, :period, :due, :now, :outcome) ON CONFLICT (job, period) DO NOTHING"
        ),
        {
            "job": job,
            "period": period,
            "due": to_micros(due_at),
            "now": to_micros(now),
            "outcome": outcome,
        },
    )
    return result.rowcount == 1

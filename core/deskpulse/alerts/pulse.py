"""When the last complete cycle was: for whoever watches us, and for time that only goes forward."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from deskpulse.clock import from_micros, to_micros

BELIEVED = timedelta(hours=1)
"""A clock that steps back by no more than this is waited for; by more, it was wrong before."""


def last_cycle(connection: Connection) -> datetime | None:
    """When alerts were last evaluated."""
    found = connection.execute(
        text("SELECT done_at FROM schedule_run WHERE job = 'alerts' AND period = 'last'")
    ).scalar()
    return None if found is None else from_micros(int(found))


def beat(connection: Connection, now: datetime) -> None:
    """Alerts were evaluated."""
    connection.execute(
        text(
            "INSERT INTO schedule_run (job, period, due_at, done_at, outcome) "
            "VALUES ('alerts', 'last', :now, :now, 'evaluated') ON CONFLICT (job, period) "
            "DO UPDATE SET due_at = excluded.due_at, done_at = excluded.done_at"
        ),
        {"now": to_micros(now)},
    )


def steady(now: datetime, last: datetime | None) -> datetime:
    """The moment to judge by: time stands still while a clock that stepped back catches up."""
    if last is not None and timedelta(0) < last - now <= BELIEVED:
        return last
    return now

"""When the last complete cycle was: for whoever watches us, and for time that only goes forward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from deskpulse.clock import from_micros, to_micros

_FAILS = "fails"
"""The period of a rule that could not say anything the last time."""

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


def note_failing(
    connection: Connection, asked: Iterable[str], errors: Mapping[str, str], now: datetime
) -> None:
    """Of the rules that were asked, these failed, and why; the others work."""
    rows = [
        {"job": _job(rule), "now": to_micros(now), "error": errors.get(rule, ""), "fails": _FAILS}
        for rule in asked
    ]
    broken = [row for row in rows if row["error"]]
    if broken:
        connection.execute(
            text(
                "INSERT INTO schedule_run (job, period, due_at, done_at, outcome) "
                "VALUES (:job, :fails, :now, :now, :error) ON CONFLICT (job, period) "
                "DO UPDATE SET done_at = excluded.done_at, outcome = excluded.outcome"
            ),
            broken,
        )
    if len(broken) < len(rows):
        connection.execute(
            text("DELETE FROM schedule_run WHERE job = :job AND period = :fails"),
            [row for row in rows if not row["error"]],
        )


def failing(connection: Connection) -> dict[str, tuple[datetime, str]]:
    """The rules that could not say anything the last time: since when, and why."""
    rows = connection.execute(
        text("SELECT job, due_at, outcome FROM schedule_run WHERE period = :fails ORDER BY job"),
        {"fails": _FAILS},
    )
    return {job.removeprefix(_job("")): (from_micros(at), why) for job, at, why in rows}


def _job(rule: str) -> str:
    return f"rule:{rule}"


def steady(now: datetime, last: datetime | None) -> datetime:
    """The moment to judge by: time stands still while a clock that stepped back catches up."""
    if last is not None and timedelta(0) < last - now <= BELIEVED:
        return last
    return now

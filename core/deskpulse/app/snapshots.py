"""Snapshots: what the configured KPIs were at a moment, as it was reported then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from deskpulse.app import schedule_book
from deskpulse.clock import EPOCH, to_micros
from deskpulse.store.operations import KpiValue

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace

JOB = "kpis"


def period_of(now: datetime, every: timedelta) -> datetime:
    """The beginning of the period that `now` is in, counted from 1970 in UTC."""
    return EPOCH + (now - EPOCH) // every * every


def keep(workspace: Workspace) -> int:
    """Keep the present values unless this period has them; returns how many were kept."""
    now = workspace.clock.now()
    begun = period_of(now, workspace.config.schedule.kpis)
    with workspace.store.reading() as connection:
        if schedule_book.newest(connection, JOB) >= begun.isoformat():
            return 0
    rows = [row for kpi in workspace.config.schedule.snapshot for row in _values(workspace, kpi)]
    with workspace.store.writing() as connection:
        new = schedule_book.tick(
            connection, JOB, begun.isoformat(), due_at=begun, now=now, outcome="kept"
        )
        if not new:
            return 0
        if rows:
            connection.execute(KpiValue.__table__.insert(), rows)  # type: ignore[attr-defined]
    return len(rows)


def _values(workspace: Workspace, kpi: str) -> list[dict[str, object]]:
    result = workspace.engine.compute(kpi, compare=False)
    return [
        {
            "kpi": kpi,
            "clock": result.clock or "calendar",
            "bucket": row.bucket or "",
            "dims": orjson.dumps(dict(row.dims)).decode(),
            "value": row.value,
            "n": row.n or 0,
            "detail": "{}",
            "computed_at": to_micros(workspace.clock.now()),
        }
        for row in result.rows
    ]

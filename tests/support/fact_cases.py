"""Short ways to write one ticket's history: everything happens on one day, on ticket 1 of `s`."""

from __future__ import annotations

from typing import Any

import polars as pl

from deskpulse_reports.facts import Facts, History, Settings, derive
from support.golden import micros

DAY = "2025-06-02T"
Row = dict[str, Any]


def at(time: str) -> int:
    """`09:30` of the day."""
    return micros(f"{DAY}{time}:00Z")


def ticket(**more: Any) -> pl.DataFrame:
    """Created at 09:00."""
    return pl.DataFrame([{"source": "s", "id": "1", "created_at": at("09:00"), **more}])


def message(time: str, role: str | None, **more: Any) -> Row:
    return {"sent_at": at(time), "author_role": role, "public": True, **more}


def change(time: str, field: str, new: str | None, old: str | None = None, **more: Any) -> Row:
    return {"changed_at": at(time), "field": field, "old": old, "new": new, **more}


def status(time: str, new: str, old: str | None = None, **more: Any) -> Row:
    return change(time, "status", new, old, **more)


def worklog(time: str | None, spent_s: float | None, **more: Any) -> Row:
    return {"started_at": None if time is None else at(time), "spent_s": spent_s, **more}


def call(time: str | None, **more: Any) -> Row:
    return {"channel": "voice", "queued_at": None if time is None else at(time), **more}


def facts(
    given: pl.DataFrame,
    changes: Any = (),
    messages: Any = (),
    settings: Settings | None = None,
    contacts: pl.DataFrame | None = None,
    **tables: Any,
) -> Facts:
    """Derive; rows get ids 0, 1, ... and belong to ticket 1 unless they say otherwise."""
    frames = {name: _frame(rows) for name, rows in tables.items()}
    history = History.of(
        given, changes=_frame(changes), messages=_frame(messages), contacts=contacts, **frames
    )
    return derive(history, settings or Settings())


def _frame(rows: Any) -> pl.DataFrame | None:
    listed = [{"source": "s", "ticket_id": "1", "id": str(n), **row} for n, row in enumerate(rows)]
    return pl.DataFrame(listed, infer_schema_length=None) if listed else None

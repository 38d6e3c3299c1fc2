"""Our own books without people who were erased: alerts, messages, run reports, rejects, cursors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection

from deskpulse.store.sql import run_many
from deskpulse.store.traces import GONE, Traces

SWEPT: Mapping[str, tuple[str, ...]] = {
    "alert": ("subject", "labels", "content", "acknowledged_by", "outcome"),
    "alert_event": ("what", "detail"),
    "announcement": ("subject", "thread", "grouping", "reason", "detail"),
    "silence": ("matchers", "reason"),
    "delivery": ("key", "message", "receipt", "error", "thread"),
    "sync_run": ("detail", "error", "hint"),
    "kpi_value": ("dims", "detail"),
}
"""Table -> columns that are cleaned; what else names people goes as a whole."""

_DIGEST = "digest"


def clean_books(connection: Connection, traces: Traces) -> dict[str, int]:
    """How many rows of each table were changed or deleted."""
    traces = replace(traces, references_differ=True)
    counts = {
        "alert": _messages(connection, traces, "alert", "content"),
        "delivery": _messages(connection, traces, "delivery", "message"),
    }
    for table, columns in SWEPT.items():
        counts[table] = counts.get(table, 0) + traces.sweep(connection, table, columns)
    counts["rejected"] = _rejected(connection, traces)
    counts["cursor"] = _cursors(connection, traces)
    return {table: count for table, count in counts.items() if count}


def _messages(connection: Connection, traces: Traces, table: str, column: str) -> int:
    """Blank what customers wrote in messages about their tickets."""
    if not traces.tickets:
        return 0
    changed = []
    subject = {"alert": "subject", "delivery": "thread"}[table]
    rows = connection.exec_driver_sql(f'SELECT id, "{column}", "{subject}" FROM "{table}"')
    named = re.compile(
        "|".join(rf"(?<![\w/]){re.escape(each)}(?!\w)" for each in sorted(traces.tickets))
    )
    for ident, text, about in rows.all():
        if not named.search(text) and not named.search(about):
            continue
        message = orjson.loads(text)
        clean = _blanked(message, traces, alone=message.get("kind") != _DIGEST)
        if clean != message:
            changed.append((orjson.dumps(clean).decode(), ident))
    run_many(connection, f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?', changed)
    return len(changed)


def _blanked(value: Any, traces: Traces, *, alone: bool) -> Any:
    """The message without their words; `alone`: it is about few, and all that was quoted goes."""
    if isinstance(value, list):
        return [_blanked(each, traces, alone=alone) for each in value]
    if isinstance(value, str):
        return GONE if value in traces.words else value
    if not isinstance(value, dict):
        return value
    if value.get("_") == "Untrusted":
        theirs = alone or any(text in value["text"] for text in traces.words)
        return {**value, "text": GONE} if theirs else value
    if value.get("_") == "TicketLine":
        theirs = value["reference"] in traces.tickets
        return {**value, "subject": {"_": "Untrusted", "text": GONE}} if theirs else value
    return {key: _blanked(each, traces, alone=alone) for key, each in value.items()}


def _rejected(connection: Connection, traces: Traces) -> int:
    """Records that could not be used, and that name them."""
    found = traces.rows(connection, "rejected", ("error", "raw"))
    gone = [row[2:] for row in found if any(traces.named(text) for text in row[:2] if text)]
    where = " AND ".join(f'"{key}" = ?' for key in ("source", "stream", "fingerprint"))
    run_many(connection, f'DELETE FROM "rejected" WHERE {where}', gone)
    return len(gone)


def _cursors(connection: Connection, traces: Traces) -> int:
    """A cursor that names them is forgotten: the stream is read from its beginning."""
    found = traces.rows(connection, "cursor", ("cursor",))
    gone = [row[1:] for row in found if traces.named(row[0])]
    statement = 'UPDATE "cursor" SET "cursor" = NULL WHERE source = ? AND stream = ?'
    run_many(connection, statement, gone)
    return len(gone)

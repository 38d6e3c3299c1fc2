"""Apply `[privacy]` to what is stored already: after a change of settings, and as time passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.app import schedule_book
from deskpulse.app.erasing import alone, rewrite
from deskpulse.privacy import Rules
from deskpulse.privacy.fields import PEOPLE, WORDS
from deskpulse.store.purge import overwrite_deleted
from deskpulse.store.retention import Expiry
from deskpulse.store.rewriting import rewrite_all

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from deskpulse.app.workspace import Workspace

Counts = dict[str, int]
JOB = "retention"
_WRITTEN = {"message": "body", "survey": "comment", "rejected": "raw"}
"""Columns that `bodies = false` leaves out."""


def look(workspace: Workspace) -> Counts:
    """How many rows of each kind the settings would change or delete."""
    with workspace.store.trying() as connection:
        return _applied(workspace, connection)


def apply(workspace: Workspace) -> Counts:
    """Apply all settings to what is stored; what was deleted is overwritten.

    Raises `LeaseHeld` while a sync, a derive or an evaluation of alerts is under way.
    """
    with alone(workspace):
        with workspace.store.writing() as connection:
            overwrite_deleted(connection)
            counts = _applied(workspace, connection)
        if counts:
            rewrite(workspace, list(counts))
    return counts


def expire(workspace: Workspace) -> Counts | None:
    """Remove what is too old, once a day; None if this day has been done."""
    now = workspace.clock.now()
    retention = workspace.privacy.rules.retention
    if not retention:
        return None
    with workspace.store.writing() as connection:
        period = now.date().isoformat()
        if not schedule_book.tick(connection, JOB, period, due_at=now, now=now, outcome="applied"):
            return None
        overwrite_deleted(connection)
        counts = Expiry(connection, retention, now).run()
    if counts and workspace.config.mart_path().exists():
        workspace.refresh.run(everything=True, purge=True)
        workspace.renew()
    return counts


def _applied(workspace: Workspace, connection: Connection) -> Counts:
    rules = workspace.privacy.rules
    counts: Counts = {}
    if not workspace.config.privacy.bodies:
        for table, column in _WRITTEN.items():
            statement = f'UPDATE "{table}" SET {column} = NULL WHERE {column} IS NOT NULL'  # noqa: S608  our own names
            counts[table] = connection.exec_driver_sql(statement).rowcount
    if (rules.subjects, rules.addresses) != ("as_is", "as_is"):
        for kind, count in _rewritten(connection, rules).items():
            counts[kind] = counts.get(kind, 0) + count
    expired = Expiry(connection, rules.retention, workspace.clock.now()).run()
    for kind, count in expired.items():
        counts[kind] = counts.get(kind, 0) + count
    return {kind: count for kind, count in sorted(counts.items()) if count}


def _rewritten(connection: Connection, rules: Rules) -> Counts:
    kinds = sorted({*PEOPLE, *WORDS, "tombstone"})
    return {kind: rewrite_all(connection, kind, rules.of) for kind in kinds}

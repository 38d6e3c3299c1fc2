"""What the checks look at: the store and the mart, each as one snapshot, and the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from deskpulse.clock import to_micros
from deskpulse.store import Store
from deskpulse_reports.doctor.finding import EXAMPLES, Example, Found
from deskpulse_reports.facts import Settings
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.session import Session
from deskpulse_reports.mart.manifest import Manifest, read
from deskpulse_reports.mart.snapshot import snapshot

_ASKED = "SELECT *, count(*) OVER () FROM ({}) AS found ORDER BY 1, 2 LIMIT {}"
"""The first few rows of a query and how many it has: the query is a check's own, never foreign."""


@dataclass(frozen=True)
class Patient:
    """The data of a desk at one moment.

    `sources` are the configured ones and how old their data may be, `desk_calendar` the desk's
    calendar or empty, `now` the present, `not_judged` the policies (source, id) that never apply,
    and why.
    """

    connection: Connection
    session: Session
    manifest: Manifest
    settings: Settings
    sources: Sequence[Freshness]
    desk_calendar: str
    now: datetime
    not_judged: Sequence[tuple[str, str, str]] = ()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query of the store answers; it may name `:now` (micros)."""
        return [tuple(row) for row in self.connection.execute(text(sql), self._named(sql))]

    def in_store(self, sql: str) -> Found:
        """What a query of the store finds: columns source, id and, if need be, a note."""
        return found_in(self.rows(_ASKED.format(sql, EXAMPLES)))

    def in_mart(self, sql: str) -> Found:
        """The same of the mart's tables (see `facts.schema`)."""
        return found_in(self.session.rows(_ASKED.format(sql, EXAMPLES), "doctor"))

    @property
    def derived(self) -> bool:
        """Whether there is a mart."""
        return self.manifest.version > 0

    def _named(self, sql: str) -> Mapping[str, int]:
        return {"now": to_micros(self.now)} if ":now" in sql else {}


def found_in(rows: Sequence[tuple[Any, ...]]) -> Found:
    """Rows of source, id, a note if there is one, and the number of all."""
    examples = tuple(
        Example(str(row[0]), "" if row[1] is None else str(row[1]), *map(str, row[2:-1]))
        for row in rows
    )
    return Found(rows[0][-1] if rows else 0, examples)


def listed(examples: Sequence[Example], count: int | None = None) -> Found:
    """A finding of these, or of `count` things of which these are some."""
    return Found(len(examples) if count is None else count, tuple(examples[:EXAMPLES]))


@contextmanager
def patient(
    store: Store,
    folder: Path,
    *,
    settings: Settings,
    sources: Sequence[Freshness],
    desk_calendar: str,
    now: datetime,
    not_judged: Sequence[tuple[str, str, str]] = (),
) -> Iterator[Patient]:
    """Open the store and the mart at `folder` for examination."""
    manifest = read(folder)
    with closing(Session(snapshot(folder, manifest))) as session, store.reading() as connection:
        yield Patient(
            connection, session, manifest, settings, sources, desk_calendar, now, not_judged
        )

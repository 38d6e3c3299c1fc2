"""Store one page of records: what is new, what changed, what is gone, which tickets are dirty.

Everything here runs inside the caller's transaction, together with the page's cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from sqlalchemy import Connection

from deskpulse.privacy import Erased
from deskpulse.records import Change, Record
from deskpulse.store.delta import Delta
from deskpulse.store.dirty import mark_dirty
from deskpulse.store.forgetting import without_erased
from deskpulse.store.observed import observe
from deskpulse.store.removal import blanked, date_tombstones, settle_removals
from deskpulse.store.roles import append_roles
from deskpulse.store.sql import run_many
from deskpulse.store.tables import HISTORY, TABLES, RecordTable, Row
from deskpulse.store.upsert import existing, upsert_for
from deskpulse.store.versions import keep

WRITTEN = ("body", "comment")
"""Columns with what people wrote: kept only if `privacy.bodies` allows it."""


@dataclass(slots=True)
class Tally:
    """How many records were new, changed, unchanged, or older than what is stored."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    stale: int = 0


@dataclass(slots=True)
class PageWriter:
    """Writes the records of one source. `now` is in microseconds; `mark` is drawn anew.

    `observed`: write a Change for every watched field that differs from the stored ticket, unless
    the page tells of it itself. `erased`: those who are left out of every record.
    """

    source: str
    now: int
    mark: int
    observed: bool = False
    keep_bodies: bool = False
    erased: Erased = field(default_factory=Erased)
    tally: Tally = field(default_factory=Tally)

    def write(self, connection: Connection, records: Iterable[Record]) -> Tally:
        """Store the records; their order within the page does not matter."""
        by_kind: dict[str, list[Record]] = {}
        if self.erased:
            records = without_erased(connection, self.source, records, self.erased)
        for record in records:
            by_kind.setdefault(record.kind_name, []).append(record)
        if "tombstone" in by_kind:
            by_kind["tombstone"] = date_tombstones(
                connection, self.source, by_kind["tombstone"], self.now
            )
        deltas: dict[str, Delta] = {}
        for kind, found in by_kind.items():
            self._write_kind(connection, deltas, kind, found)
        self._write_kind(
            connection, deltas, "role", append_roles(connection, self.source, deltas, self.now)
        )
        if self.observed and "ticket" in deltas:
            told = {
                (change.ticket_id, change.field)
                for change in by_kind.get("change", ())
                if isinstance(change, Change)
            }
            seen = observe(deltas["ticket"], self.now, told)
            self._write_kind(connection, deltas, "change", seen)
        settle_removals(connection, self.source, deltas)
        mark_dirty(connection, self.source, self.mark, deltas)
        return self.tally

    def _write_kind(
        self,
        connection: Connection,
        deltas: dict[str, Delta],
        kind: str,
        records: Sequence[Record],
    ) -> None:
        if not records:
            return
        twin = TABLES[kind]
        newest = self._newest(twin, records)
        identity = _identity(twin)
        ids = {row[1] for row in newest.values()}
        stored = {identity(row): row for row in existing(connection, twin, self.source, ids)}
        pairs: list[tuple[Row | None, Row]]
        if stored:
            judged = (self._judge(twin, stored.get(key), came) for key, came in newest.items())
            pairs = [pair for pair in judged if pair is not None]
        else:  # as in a first reading: nothing to compare with
            self.tally.new += len(newest)
            pairs = [(None, row) for row in newest.values()]
        deltas.setdefault(kind, Delta(twin)).pairs.extend(pairs)
        _make_way(connection, twin, pairs)
        upsert_for(connection).write(connection, twin, [kept for _, kept in pairs])

    def _judge(
        self, twin: RecordTable, before: Row | None, came: Row
    ) -> tuple[Row | None, Row] | None:
        """The row before and the row to write; None if the stored one stays as it is."""
        if before is None:
            self.tally.new += 1
            return None, came
        was = before[: len(came)]
        came = blanked(twin, before, came)
        kept = keep(twin, was, came)
        if kept != was:
            self.tally.changed += 1
            return before, kept
        if kept == came:
            self.tally.unchanged += 1
        else:
            self.tally.stale += 1
        return None

    def _newest(self, twin: RecordTable, records: Sequence[Record]) -> dict[object, Row]:
        """One row for each key: within a page, too, the newest version counts."""
        identity = _identity(twin)
        rows = twin.rows(self.source, records, () if self.keep_bodies else WRITTEN)
        newest: dict[object, Row] = dict(zip(map(identity, rows), rows, strict=True))
        if len(newest) == len(rows):
            return newest
        newest.clear()
        for row in rows:
            key = identity(row)
            earlier = newest.get(key)
            newest[key] = row if earlier is None else keep(twin, earlier, row)
        return newest


def _identity(twin: RecordTable) -> Callable[[Row], object]:
    """What tells a source's rows apart; a message that moved to another ticket is the same one."""
    key = ("id",) if twin.name in HISTORY else twin.key[1:]
    return itemgetter(*(twin.columns.index(column) for column in key))


def _make_way(
    connection: Connection, twin: RecordTable, pairs: Sequence[tuple[Row | None, Row]]
) -> None:
    """Delete the old rows of what moved to another ticket, where rows are kept by ticket."""
    if twin.name not in HISTORY:
        return
    at = twin.columns.index("ticket_id")
    run_many(
        connection,
        f'DELETE FROM "{twin.name}" WHERE source = ? AND ticket_id = ? AND id = ?',
        [
            (before[0], before[at], before[1])
            for before, after in pairs
            if before is not None and before[at] != after[at]
        ],
    )

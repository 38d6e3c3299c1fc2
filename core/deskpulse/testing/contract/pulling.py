"""What a connector brings: valid records, from every cursor, and nothing twice."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from deskpulse.connector import Stream
from deskpulse.records import Record
from deskpulse.store import Store
from deskpulse.sync import SyncEngine, SyncReport
from deskpulse.testing.bench import SOURCE, Pulled, text_of
from deskpulse.testing.clock import FrozenClock
from deskpulse.testing.contract.base import Base, some


class Pulling(Base):
    """Tests of what arrives."""

    def test_pulls_valid_records(self) -> None:
        """Every stream brings records on this tape, none is rejected, and `parse` is pure."""
        for name in self.stream_names():
            pulled, _ = self.pull(name)
            if pulled.rejected:
                self.fail(f"{name}: a record is rejected: {pulled.rejected[0]}")
            if not any(pulled.records):
                self.fail(f"{name}: the tape holds no record of this stream; record some")
            for page in pulled.records:
                for record in page:
                    self._demand_valid(name, record)
            self._demand_pure(name, pulled)

    def test_resumes_from_every_cursor(self) -> None:
        """What is stored up to a cursor and what comes after it are everything, at each cursor.

        A crash may happen after any page. A cursor that is published too early loses records; one
        that is ignored brings everything again.
        """
        longest = 0
        for name in self.stream_names():
            full, _ = self.pull(name)
            if any(page.cursor is not None for page in full.pages):
                longest = max(longest, len(full.pages))
            for at in range(len(full.pages)):
                self._demand_resumable(name, full, at)
        if longest == 1:
            self.fail("the tape holds one page of each stream; record two or more")

    def test_caught_up_means_caught_up(self) -> None:
        """A poll from the last cursor ends, and brings nothing but the declared overlap."""
        for name in self.stream_names():
            full, _ = self.pull(name)
            cursor = full.cursor
            if cursor is None:
                continue  # read as a whole every time
            for _ in range(2):
                poll, _ = self.pull(name, cursor)
                again = poll.texts()
                if again - full.texts():
                    self.fail(
                        f"{name}: a poll after the end brings records that the full pull did not: "
                        f"{some(again - full.texts())}"
                    )
                self._demand_overlap(name, again, f"a poll from {cursor!r}")
                if poll.pages and poll.cursor is None:
                    self.fail(f"{name}: a poll without news forgets the cursor {cursor!r}")
                cursor = poll.cursor if poll.pages else cursor

    def test_storing_twice_changes_nothing(self, tmp_path: Path) -> None:
        """Through the real engine into a real store: the same pages again leave the same rows."""
        store = Store.open(f"sqlite:///{tmp_path}/contract.db", keep_bodies=True)
        try:
            self._demand_ok(self._sync(store))
            before = _rows(store)
            for name in self.stream_names():
                store.forget_cursor(SOURCE, name)
            again = self._sync(store)
            self._demand_ok(again)
            for stream in again.streams:
                if stream.rows.new or stream.rows.changed:
                    self.fail(
                        f"{stream.stream}: reading the same again stores {stream.rows.new} new and "
                        f"{stream.rows.changed} changed rows; ids and values must not depend on "
                        "when or how often a record is read"
                    )
            if _rows(store) != before:
                self.fail("reading the same again changes what is stored")
        finally:
            store.close()

    # --- what these demand ------------------------------------------------------------------

    def _demand_valid(self, name: str, record: Any) -> None:
        if not isinstance(record, Record):
            self.fail(f"{name}: parse returned {record!r}, which is no Record")
        if record.source:
            self.fail(f"{name}: {record.kind_name} {record.id} sets source, which core sets itself")
        fields = {field: getattr(record, field) for field in type(record).model_fields}
        if text_of(type(record).read(fields)) != text_of(record):
            self.fail(f"{name}: {record.kind_name} {record.id} was not validated: use .read(...)")

    def _demand_pure(self, name: str, pulled: Pulled) -> None:
        player = self.recorded().player()
        with self.opened(player) as connector:
            stream = next(each for each in connector.streams() if each.name == name)
            for page in pulled.pages:
                for raw in page.records:
                    if not _is_pure(stream, raw):
                        self.fail(f"{name}: parse is not pure: it changes its input or its mind")
        if player.asked:
            self.fail(f"{name}: parse asks the source: {player.asked[0]}")

    def _demand_resumable(self, name: str, full: Pulled, at: int) -> None:
        cursor = full.pages[at].cursor
        if cursor is None:
            return
        resumed, _ = self.pull(name, cursor)
        again, place = resumed.texts(), f"resuming after page {at + 1} (cursor {cursor[:80]!r})"
        lost = full.texts() - full.texts(0, at + 1) - again
        if lost:
            self.fail(f"{name}: {place} loses records: {some(lost)}")
        if again - full.texts():
            self.fail(f"{name}: {place} brings others: {some(again - full.texts())}")
        first = next(n for n, page in enumerate(full.pages, 1) if page.cursor == cursor)
        repeated = (again & full.texts(0, first)) - full.texts(first)
        self._demand_overlap(name, repeated, place)

    def _demand_overlap(self, name: str, repeated: frozenset[str], place: str) -> None:
        allowed = self.allowed_overlap(name)
        if len(repeated) > allowed:
            self.fail(
                f"{name}: {place} brings {len(repeated)} records again, {allowed} are declared: "
                f"{some(repeated)}. Use the cursor; if its boundary is inclusive or a lookback "
                "reads back, set overlap"
            )

    def _sync(self, store: Store) -> SyncReport:
        clock = FrozenClock(self.now)
        with self.opened(self.recorded().player(), clock) as connector:
            return SyncEngine(store, clock).run([connector])

    def _demand_ok(self, report: SyncReport) -> None:
        for stream in report.streams:
            if stream.outcome not in ("ok", "skipped"):
                said = stream.error or stream.first_error
                self.fail(f"{stream.stream}: a sync over the tape is {stream.outcome}: {said}")


def _is_pure(stream: Stream, raw: Any) -> bool:
    kept = copy.deepcopy(raw)
    try:
        return _parsed(stream, raw) == _parsed(stream, raw) and raw == kept
    except Exception:  # noqa: BLE001  it was parsed before without any error
        return False


def _parsed(stream: Stream, raw: Any) -> list[str]:
    given = stream.parse(raw)
    if given is None or isinstance(given, Record):
        return [] if given is None else [text_of(given)]
    return [text_of(record) for record in given]


def _rows(store: Store) -> dict[str, list[str]]:
    from deskpulse.store.tables import TABLES

    return {kind: sorted(text_of(record) for record in store.all(kind)) for kind in TABLES}

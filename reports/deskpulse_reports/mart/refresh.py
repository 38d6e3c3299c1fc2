"""Bring the mart up to date with the store: only what is dirty, or everything by id ranges."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import orjson
import polars as pl

from deskpulse.clock import Clock
from deskpulse.leases import Held, lease, this_process
from deskpulse.store import Store
from deskpulse.store.dirty import marked_tickets, unmark
from deskpulse.store.history import Frames, ranges, reading
from deskpulse_reports.facts import Settings, derive
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.mart import manifest as manifests
from deskpulse_reports.mart.custom import CustomType, with_customs
from deskpulse_reports.mart.manifest import Manifest
from deskpulse_reports.mart.stored import history_of
from deskpulse_reports.mart.writer import MartWriter

RANGE = 50_000
"""Tickets derived at once: bounds the memory."""
REBUILD_SHARE = 0.5
"""With more than this share of all tickets dirty, deriving everything is cheaper."""

Mark = tuple[str, str, int]
Watch = Callable[[int, int], None]
"""Called with (tickets done, tickets in all)."""


@dataclass(frozen=True, slots=True)
class DeriveReport:
    """What a refresh did: `everything`, `dirty` tickets only, or `nothing`."""

    how: Literal["everything", "dirty", "nothing"]
    tickets: int


@dataclass(frozen=True, slots=True)
class MartRefresh:
    """Derives from `store` into the mart at `folder`.

    `customs`: custom ticket fields that become columns `custom_NAME`, with their type.
    """

    store: Store
    folder: Path
    settings: Settings
    customs: Mapping[str, CustomType]
    clock: Clock

    def run(self, *, everything: bool = False, watch: Watch = lambda _d, _t: None) -> DeriveReport:
        """Refresh under the mart's lease; raises `LeaseHeld` if another process is at it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with lease(self.store.engine, "mart", this_process()) as held:
            old = manifests.read(self.folder)
            fingerprint = self._fingerprint()
            complete_to = self._complete_to()
            with self.store.reading() as connection:
                marks = marked_tickets(connection)
            total = self.store.count("ticket")
            anew = everything or old.settings != fingerprint or old.version == 0
            if anew or len(marks) > max(RANGE, REBUILD_SHARE * total):
                fresh = self._everything(total, watch)
                report = DeriveReport("everything", total)
            elif marks:
                fresh = self._dirty(old, marks, watch)
                report = DeriveReport("dirty", len(marks))
            else:
                fresh, report = old, DeriveReport("nothing", 0)
            fresh = replace(
                fresh,
                version=old.version + 1,
                settings=fingerprint,
                derived_at=self.clock.now().isoformat(),
                tickets=total,
                complete_to=complete_to,
            )
            self._publish(fresh, held, marks)
            return report

    def _everything(self, total: int, watch: Watch) -> Manifest:
        with reading(self.store) as reader:
            people = reader.people()

            def parts() -> Iterator[Mapping[str, pl.DataFrame]]:
                done = 0
                for part in ranges(self.store, RANGE):
                    frames = reader.range(part)
                    done += frames["tickets"].height
                    yield self._derived(frames, people)
                    watch(done, total)

            return Manifest(base=MartWriter(self.folder).base(parts()))

    def _dirty(self, old: Manifest, marks: Sequence[Mark], watch: Watch) -> Manifest:
        by_source: dict[str, list[str]] = {}
        for source, ticket, _ in sorted(marks):
            by_source.setdefault(source, []).append(ticket)
        with reading(self.store) as reader:
            parts: list[Mapping[str, pl.DataFrame]] = []
            done = 0
            for source, ids in by_source.items():
                for start in range(0, len(ids), RANGE):
                    part = ids[start : start + RANGE]
                    frames = reader.tickets(source, part)
                    parts.append(self._derived(frames, reader.people_of(source, frames)))
                    done += len(part)
                    watch(done, len(marks))
        facts = {table: pl.concat([part[table] for part in parts]) for table in parts[0]}
        keys = pl.DataFrame(
            {"source": [m[0] for m in marks], "ticket_id": [m[1] for m in marks]},
            schema={"source": pl.String, "ticket_id": pl.String},
        )
        return MartWriter(self.folder).overlay(old, facts, keys)

    def _derived(self, frames: Frames, people: Frames) -> dict[str, pl.DataFrame]:
        facts = derive(history_of(frames, people), self.settings)
        tables = {table: getattr(facts, table) for table in TABLES if table != "days"}
        tables["tickets"] = with_customs(tables["tickets"], frames["tickets"], self.customs)
        return tables

    def _publish(self, fresh: Manifest, held: Held, marks: Sequence[Mark]) -> None:
        with self.store.writing() as connection:
            held.confirm(connection)  # fenced: a lease that we lost must not replace newer facts
        manifests.publish(self.folder, fresh)
        with self.store.writing() as connection:
            unmark(connection, marks)
        MartWriter(self.folder).collect(fresh)

    def _fingerprint(self) -> str:
        """Changes whenever the same history would give other facts."""
        shape = {table: list(columns) for table, columns in TABLES.items()}
        text = orjson.dumps([shape, dict(self.customs), repr(self.settings)])
        return hashlib.blake2b(text, digest_size=12).hexdigest()

    def _complete_to(self) -> dict[str, str]:
        """The least complete stream of each source says how complete the source is."""
        found: dict[str, str] = {}
        for (source, _), position in self.store.positions().items():
            if position.complete_to is not None:
                instant = position.complete_to.isoformat()
                found[source] = min(found.get(source, instant), instant)
        return found

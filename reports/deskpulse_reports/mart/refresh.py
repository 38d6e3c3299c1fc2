"""Bring the mart up to date with the store: only what is dirty, or everything by id ranges."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import polars as pl

from deskpulse.clock import Clock
from deskpulse.errors import StoreError
from deskpulse.leases import Held
from deskpulse.store import Store
from deskpulse.store.clocks import COLUMNS, has_clocks, mark_open, replace_clocks
from deskpulse.store.dirty import dirty_counts, marks, unmark
from deskpulse.store.history import reading
from deskpulse.store.ranges import owners
from deskpulse_reports.facts import Settings
from deskpulse_reports.facts.schema import VERSION
from deskpulse_reports.mart import manifest as manifests
from deskpulse_reports.mart.custom import CustomType
from deskpulse_reports.mart.derivation import Derivation
from deskpulse_reports.mart.identity import fingerprint
from deskpulse_reports.mart.manifest import Manifest
from deskpulse_reports.mart.parts import OWNERS
from deskpulse_reports.mart.stored import Rules
from deskpulse_reports.mart.writer import MartWriter, Piece
from deskpulse_reports.sla.promises import Promises

FEW = 50_000
"""So many dirty owners are always derived alone."""
REBUILD_SHARE = 0.25
"""With more than this share of all owners dirty, deriving everything is cheaper."""

How = Literal["everything", "dirty", "nothing"]
Watch = Callable[[int, int], None]
"""Called with (tickets and records done, in all)."""


@dataclass(frozen=True, slots=True)
class DeriveReport:
    """What a refresh did, mostly: `everything`, `dirty` rows only, or `nothing`.

    `records` are those with facts of their own: orders, calls without a ticket, ...
    """

    how: How
    tickets: int
    records: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """Derive all of an owner's `total`, or the `dirty` ones only."""

    owner: str
    total: int
    dirty: int | None

    @property
    def size(self) -> int:
        """How many are derived."""
        return self.total if self.dirty is None else self.dirty


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
    promises: Promises = field(default_factory=Promises)

    def run(
        self,
        *,
        everything: bool = False,
        forgive: bool = False,
        purge: bool = False,
        watch: Watch = lambda _d, _t: None,
    ) -> DeriveReport:
        """Refresh under the mart's lease; raises `LeaseHeld` if another process is at it.

        Where nothing is dirty, nothing is written but how far the data is complete. Verdicts of SLA
        clocks that ended are kept, unless `forgive`; that needs `everything`. `purge`: files of
        older snapshots go at once, also from under those who still read them.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.store.leases.hold("mart") as held:
            old = self._old(everything=everything)
            identity = fingerprint(self.settings, self.customs)
            promised = self.promises.fingerprint()
            complete_to = self._complete_to()
            anew = everything or old.settings != identity or not old.version
            anew = anew or old.facts != VERSION
            anew = anew or held.token <= old.fence  # these are the facts of another store
            anew = anew or (bool(promised) and not old.promises)  # the first ones: the past counts
            if old.promises != promised and not anew:
                self._mark_open(held)
            with self.store.reading() as connection:
                dirty, seen = dirty_counts(connection), marks(connection)
            jobs = self._jobs(dirty, anew=anew)
            if not jobs and complete_to == old.complete_to and promised == old.promises:
                return _report(jobs)
            fresh = replace(
                Manifest() if anew else old,
                version=old.version + 1,
                facts=VERSION,
                fence=held.token,
                settings=identity,
                promises=promised,
                derived_at=self.clock.now().isoformat(),
                counts={**old.counts, **{job.owner: job.total for job in jobs}},
                complete_to=complete_to,
            )
            derived = self._derived(fresh, jobs, watch, _Saving(self.store, held, forgive))
            self._publish(derived, held, seen)
            if purge:
                MartWriter(self.folder).collect(derived, keep_s=0)
            return _report(jobs)

    def _old(self, *, everything: bool) -> Manifest:
        """The manifest so far; one that cannot be read is no hindrance to making all anew."""
        try:
            return manifests.read(self.folder)
        except StoreError:
            if not everything:
                raise
            return Manifest()

    def _jobs(self, dirty: Mapping[str, int], *, anew: bool) -> list[Job]:
        """What there is to do for each owner that has anything to do."""
        jobs = []
        for owner in OWNERS:
            marked = dirty.get(owner, 0)
            if anew or marked:
                total = owners(self.store, owner)
                all_of_them = anew or marked > max(FEW, REBUILD_SHARE * total)
                jobs.append(Job(owner, total, None if all_of_them else marked))
        return jobs

    def _derived(
        self, manifest: Manifest, jobs: Sequence[Job], watch: Watch, saving: _Saving
    ) -> Manifest:
        """The manifest after the work; nothing is published yet."""
        writer = MartWriter(self.folder)
        done, whole = 0, sum(job.size for job in jobs)

        def watched(pieces: Iterator[Piece]) -> Iterator[Piece]:
            nonlocal done
            for piece in pieces:
                size = piece.keys.height
                yield piece
                del piece  # or it would still be there while the next one is made
                done += size
                watch(done, whole)

        with self.store.reading() as connection:
            remembers = has_clocks(connection)
        rules = Rules(self.settings, self.customs, self.promises)
        with reading(self.store) as reader:
            work = Derivation(
                self.store, reader, rules, saving.save, remembers, forgives=saving.forgives
            )
            for job in jobs:
                if job.dirty is None:
                    pieces = watched(work.everything(job.owner))
                    manifest = writer.base(manifest, job.owner, pieces)
                else:
                    for piece in watched(work.dirty(job.owner)):
                        manifest = writer.overlay(manifest, job.owner, piece)
        return manifest

    def _mark_open(self, held: Held) -> None:
        """Other policies: what is open is judged again, what ended keeps its verdict."""
        with self.store.writing() as connection:
            held.confirm(connection)
            mark_open(connection, secrets.randbits(62))

    def _publish(self, fresh: Manifest, held: Held, seen: Collection[int]) -> None:
        with self.store.writing() as connection:
            held.confirm(connection)  # fenced: a lease that we lost must not replace newer facts
        manifests.publish(self.folder, fresh)
        with self.store.writing() as connection:
            unmark(connection, seen)
        MartWriter(self.folder).collect(fresh)

    def _complete_to(self) -> dict[str, str]:
        """The least complete stream of each source says how complete the source is."""
        found: dict[str, str] = {}
        for (source, _), position in self.store.positions().items():
            if position.complete_to is not None:
                instant = position.complete_to.isoformat()
                found[source] = min(found.get(source, instant), instant)
        return found


@dataclass(frozen=True, slots=True)
class _Saving:
    """Stores SLA clocks before the facts are published and the marks go.

    After a crash in between the marks are still there: the same clocks are written once more.
    """

    store: Store
    held: Held
    forgives: bool

    def save(self, tickets: pl.DataFrame, clocks: pl.DataFrame) -> None:
        """Put these clocks in the place of what these tickets had."""
        with self.store.writing() as connection:
            self.held.confirm(connection)  # fenced, as the facts are
            replace_clocks(connection, tickets.rows(), clocks.select(COLUMNS).rows())


def _report(jobs: Sequence[Job]) -> DeriveReport:
    sizes = {job.owner: job.size for job in jobs}
    tickets = sizes.pop("ticket", 0)
    how: How = "dirty" if jobs else "nothing"
    if any(job.owner == "ticket" and job.dirty is None for job in jobs):
        how = "everything"
    return DeriveReport(how, tickets, sum(sizes.values()))

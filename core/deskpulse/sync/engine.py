"""Sync sources: one thread each, streams in turn, every source under its own lease."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import orjson

from deskpulse.clock import Clock, to_micros
from deskpulse.connector import Connector
from deskpulse.errors import DeskpulseError, LeaseHeld
from deskpulse.store import Store
from deskpulse.store.operations import SyncRun
from deskpulse.sync.collector import rarely_collected
from deskpulse.sync.guard import Guard, Privacy
from deskpulse.sync.progress import Progress, Silent
from deskpulse.sync.report import Outcome, StreamReport, SyncReport
from deskpulse.sync.stream import StreamSync


@dataclass(frozen=True, slots=True)
class SyncEngine:
    """Brings the store up to date with its sources. `stop` ends it after the current page."""

    store: Store
    clock: Clock
    progress: Progress = field(default_factory=Silent)
    stop: threading.Event = field(default_factory=threading.Event)
    privacy: Privacy = field(default_factory=Privacy)

    def run(
        self,
        sources: Sequence[Connector],
        *,
        streams: Iterable[str] = (),
        limits: Mapping[str, Sequence[str]] | None = None,
    ) -> SyncReport:
        """Sync every source at once; one source's failure never stops the others.

        `streams` limits which streams are read this time (empty: all), `limits` the same for each
        source by its configuration.
        """
        report, asked = SyncReport(), frozenset(streams)

        def sync(source: Connector) -> list[StreamReport]:
            allowed = frozenset((limits or {}).get(source.source, ()))
            return self._sync(
                source, lambda name: name in (asked or {name}) and name in (allowed or {name})
            )

        if sources:
            pool = ThreadPoolExecutor(len(sources), thread_name_prefix="sync")
            with rarely_collected(), pool:
                for found in pool.map(sync, sources):
                    report.streams += found
        return report

    def _sync(self, connector: Connector, wanted: Callable[[str], bool]) -> list[StreamReport]:
        source = connector.source
        try:
            with self.store.leases.hold(f"source:{source}") as held:
                erased = self.store.erased(self.privacy.rules.keyed, self.privacy.kept)
                connector.names_erased = partial(erased.names, source)
                guard = Guard(self.privacy.rules, erased)
                sync = StreamSync(
                    self.store, connector, held, self.clock, self.progress, self.stop, guard
                )
                return self._run_streams(sync, wanted)
        except DeskpulseError as problem:
            outcome: Outcome = "waiting" if isinstance(problem, LeaseHeld) else "failed"
            return [self._refused(source, outcome, problem.message, problem.hint)]
        except Exception as problem:  # noqa: BLE001  a connector's fault must not stop the others
            hint = f"The connector {connector.name!r} has a fault; please report this."
            return [self._refused(source, "failed", f"{type(problem).__name__}: {problem}", hint)]

    def _run_streams(self, sync: StreamSync, wanted: Callable[[str], bool]) -> list[StreamReport]:
        reports = []
        for stream in sync.connector.streams():
            if self.stop.is_set():
                break
            if not wanted(stream.name):
                continue
            report = sync.run(stream)
            reports.append(report)
            self.store.record_run(_run_of(report))
            if report.ends_source:
                break  # credentials that are no good, or nobody answers: so with other streams
        return reports

    def _refused(self, source: str, outcome: Outcome, error: str, hint: str) -> StreamReport:
        now = self.clock.now()
        return StreamReport(source, "", now, now, outcome, error=error, hint=hint)


def _run_of(report: StreamReport) -> SyncRun:
    return SyncRun(
        source=report.source,
        stream=report.stream,
        started_at=to_micros(report.started_at),
        ended_at=None if report.ended_at is None else to_micros(report.ended_at),
        outcome=report.outcome,
        detail=orjson.dumps(report.to_json()).decode(),
        error=report.error,
        hint=report.hint,
    )

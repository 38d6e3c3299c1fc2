"""Read one stream to its end: pull, parse, store, and say what happened."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime

from deskpulse.clock import Clock
from deskpulse.connector import Connector, Page, Stream
from deskpulse.errors import (
    AuthRejected,
    CursorExpired,
    DeskpulseError,
    LeaseHeld,
    RateLimited,
    SourceChanged,
    SourceUnavailable,
    SourceUnreachable,
    StreamForbidden,
)
from deskpulse.http.pause import Stopped
from deskpulse.http.stats import Stats
from deskpulse.leases import Held
from deskpulse.store import Store, StoredPage
from deskpulse.sync.guard import Guard
from deskpulse.sync.parsing import parse_page
from deskpulse.sync.prefetch import prefetch
from deskpulse.sync.progress import Progress
from deskpulse.sync.report import Outcome, StreamReport


@dataclass(frozen=True, slots=True)
class StreamSync:
    """Reads streams of one source into the store, under the source's lease."""

    store: Store
    connector: Connector
    held: Held
    clock: Clock
    progress: Progress
    stop: threading.Event
    guard: Guard = field(default_factory=Guard)

    def run(self, stream: Stream) -> StreamReport:
        """Read to the end, or to the first error; what was stored until then stays stored."""
        source = self.connector.source
        report = StreamReport(source, stream.name, self.clock.now())
        before = _figures(self.connector)
        self.progress.started(source, stream.name)
        try:
            try:
                self._read(stream, report)
            except CursorExpired:
                self.store.forget_cursor(source, stream.name)
                self._read(stream, report)
        except DeskpulseError as problem:
            report.outcome = _outcome(problem, stream)
            report.error, report.hint = problem.message, problem.hint
            report.ends_source = isinstance(problem, AuthRejected | SourceUnreachable)
            if isinstance(problem, RateLimited):
                report.retry_after_s = problem.retry_after
        except Exception as problem:  # noqa: BLE001  a connector's fault must not stop the others
            report.outcome = "failed"
            report.error = f"{type(problem).__name__}: {problem}"
            report.hint = f"The connector {self.connector.name!r} has a fault; please report this."
        report.ended_at = self.clock.now()
        after = _figures(self.connector)
        report.requests = after.requests - before.requests
        report.retries = after.retries - before.retries
        report.rate_limited = after.rate_limited - before.rate_limited
        report.waited_s = round(after.waited_s - before.waited_s, 3)
        self.progress.ended(source, stream.name, report.outcome)
        return report

    def _read(self, stream: Stream, report: StreamReport) -> None:
        source = self.connector.source
        began = self.clock.now()
        complete_to: datetime | None = None
        cursor = self.store.position(source, stream.name).cursor
        pages = prefetch(stream.pull(cursor), f"{source}/{stream.name}", self.stop)
        previous: Page | None = None
        for page in pages:
            _check(stream, page, previous)
            self._store(stream, page, report)
            previous, complete_to = page, page.complete_to
        complete_to = complete_to or began
        self.store.caught_up(source, stream.name, self.clock.now(), complete_to)
        report.complete_to = complete_to
        if report.rejected:
            report.outcome = "partial"
            report.hint = "See `deskpulse db rejected`."

    def _store(self, stream: Stream, page: Page, report: StreamReport) -> None:
        parsed = parse_page(
            stream,
            page,
            keep_raw=self.store.keep_bodies,
            masks=lambda raw: self.guard.masks(self.connector.source, raw),
            clean=self.guard.text,
        )
        now = self.clock.now()
        stored = StoredPage(
            self.guard.rules.applied(parsed.records, now),
            page.cursor,
            parsed.rejected,
            page.complete_to,
            observed=stream.history == "observed",
            present=page.present,
        )
        tally = self.store.store_page(
            self.connector.source,
            stream.name,
            stored,
            self.held,
            now,
            erased=self.guard.erased,
        )
        report.pages += 1
        report.records += len(page.records)
        report.rejected += len(parsed.rejected)
        report.first_error = report.first_error or next((e for _, e, _ in parsed.rejected), "")
        report.rows = replace(
            report.rows,
            new=report.rows.new + tally.new,
            changed=report.rows.changed + tally.changed,
            unchanged=report.rows.unchanged + tally.unchanged,
            stale=report.rows.stale + tally.stale,
        )
        if page.vendor_count is not None:
            report.vendor_count = (report.vendor_count or 0) + page.vendor_count
        note = "" if page.complete_to is None else f"to {page.complete_to:%Y-%m-%d %H:%M}"
        self.progress.page(self.connector.source, stream.name, len(page.records), note)


def _check(stream: Stream, page: Page, previous: Page | None) -> None:
    """A page must hold what the vendor counted, and must not be the one before once more.

    The cursor alone may stay: an inclusive boundary is read again at every poll, and within a tie
    only the last page may move it.
    """
    if page.vendor_count is not None and page.vendor_count != len(page.records):
        raise SourceChanged(
            f"{stream.name}: the vendor says it sent {page.vendor_count} records, "
            f"{len(page.records)} arrived"
        )
    if previous is None or not page.records:
        return
    if (page.cursor, page.records) == (previous.cursor, previous.records):
        raise SourceChanged(
            f"{stream.name} makes no progress: the same page with {len(page.records)} records "
            "came twice"
        )


def _outcome(problem: DeskpulseError, stream: Stream) -> Outcome:
    """What an error means for the stream: the policy of `deskpulse.errors` in one place."""
    if isinstance(problem, Stopped):
        return "stopped"
    if isinstance(problem, AuthRejected):
        return "paused"
    if isinstance(problem, StreamForbidden):
        return "failed" if stream.essential else "skipped"
    if isinstance(problem, RateLimited | SourceUnavailable | LeaseHeld):
        return "waiting"
    return "failed"


def _figures(connector: Connector) -> Stats:
    """Requests, retries and waits so far; zeros for connectors without HTTP."""
    return connector.stats or Stats()

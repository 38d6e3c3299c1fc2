"""Whether everything was read, and lately."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from deskpulse.clock import from_micros
from deskpulse_reports import words
from deskpulse_reports.doctor.check import Check
from deskpulse_reports.doctor.finding import Example, Found
from deskpulse_reports.doctor.patient import Patient, listed


class Run(NamedTuple):
    """The last run of a stream; `detail` is its report."""

    source: str
    stream: str
    outcome: str
    error: str
    detail: dict[str, Any]


def _last_runs(patient: Patient) -> Iterator[Run]:
    configured = {each.source for each in patient.sources}
    for source, stream, outcome, error, detail in patient.rows(
        """
        SELECT source, stream, outcome, error, detail FROM sync_run
        WHERE id IN (SELECT max(id) FROM sync_run GROUP BY source, stream)
        ORDER BY source, stream
        """
    ):
        if source in configured:
            yield Run(source, stream, outcome, error, json.loads(detail))


def failed(patient: Patient) -> Found:
    """Streams whose last run failed, or whose credentials were refused."""
    return listed(
        [
            Example(run.source, run.stream, run.error or run.outcome)
            for run in _last_runs(patient)
            if run.outcome in ("failed", "paused")
        ]
    )


def never_synced(patient: Patient) -> Found:
    """Configured sources of which nothing was ever read."""
    read = {row[0] for row in patient.rows("SELECT DISTINCT source FROM cursor")}
    return listed([Example(each.source, "") for each in patient.sources if each.source not in read])


def unfinished(patient: Patient) -> Found:
    """Streams that were begun and never read to their end."""
    return patient.in_store(
        "SELECT source, stream, records || ' records so far' FROM cursor WHERE caught_up_at IS NULL"
    )


def stale(patient: Patient) -> Found:
    """Sources whose data is older than `stale_after`, by their least complete stream."""
    complete = {
        source: from_micros(instant)
        for source, instant in patient.rows(
            "SELECT source, min(complete_to) FROM cursor "
            "WHERE complete_to IS NOT NULL GROUP BY source"
        )
    }
    return listed(
        [
            Example(each.source, "", f"complete to {_minute(until)}, {_age(patient, until)} ago")
            for each in patient.sources
            if (until := complete.get(each.source)) is not None
            and each.expected is not None
            and patient.now - until > each.expected
        ]
    )


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _age(patient: Patient, instant: datetime) -> str:
    return words.duration((patient.now - instant).total_seconds())


def vendor_counts(patient: Patient) -> Found:
    """Streams whose last run took another number of records than the vendor counted."""
    return listed(
        [
            Example(run.source, run.stream, f"vendor {counted:,}, taken {run.detail['records']:,}")
            for run in _last_runs(patient)
            if (counted := run.detail.get("vendor_count")) is not None
            and counted != run.detail.get("records")
        ]
    )


def rejected(patient: Patient) -> Found:
    """Records that could not be used."""
    return patient.in_store("SELECT source, stream, error FROM rejected")


CHECKS = (
    Check(
        "failed",
        "error",
        "Streams whose last sync failed",
        "Run `deskpulse check`, then `deskpulse sync`.",
        failed,
    ),
    Check(
        "never_synced",
        "error",
        "Configured sources of which nothing was read yet",
        "Run `deskpulse sync`.",
        never_synced,
    ),
    Check(
        "unfinished",
        "error",
        "Streams that were never read to their end",
        "Run `deskpulse sync` until it is through: until then numbers are too low.",
        unfinished,
    ),
    Check(
        "vendor_counts",
        "error",
        "Streams that lost records on the way, by the vendor's own count",
        "Run `deskpulse sync SOURCE --again`; if it stays, report it.",
        vendor_counts,
    ),
    Check(
        "stale",
        "warning",
        "Sources whose data is old",
        "Run `deskpulse sync`, or keep `deskpulse run` running; `stale_after` says what is old.",
        stale,
    ),
    Check(
        "rejected",
        "warning",
        "Records that could not be used",
        "`deskpulse db rejected` lists them with the reason; correct them at the source.",
        rejected,
    ),
)

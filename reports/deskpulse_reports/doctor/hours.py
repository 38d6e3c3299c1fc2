"""Whether every ticket works by opening hours, these have any, and policies can be judged."""

from __future__ import annotations

from datetime import UTC, datetime

from deskpulse.calendars import Calendars
from deskpulse.clock import to_micros
from deskpulse_reports.doctor.check import Check
from deskpulse_reports.doctor.finding import Example, Found
from deskpulse_reports.doctor.patient import Patient, listed


def unknown_schedule(patient: Patient) -> Found:
    """Tickets whose schedule is no calendar that is known."""
    settings = patient.settings
    rows = patient.rows(
        "SELECT source, schedule_id, count(*) FROM ticket WHERE schedule_id IS NOT NULL "
        "GROUP BY source, schedule_id ORDER BY source, schedule_id"
    )
    unknown = [
        (source, schedule, count)
        for source, schedule, count in rows
        if settings.schedules.get((source, schedule), schedule) not in settings.calendars.names
    ]
    examples = [Example(source, schedule, f"{n:,} tickets") for source, schedule, n in unknown]
    return listed(examples, sum(n for _, _, n in unknown))


def no_calendar(patient: Patient) -> Found:
    """Tickets that work around the clock though the desk has a calendar."""
    if not patient.desk_calendar:
        return Found()
    return patient.in_mart("SELECT source, ticket_id FROM tickets WHERE calendar = ''")


def no_hours(patient: Patient) -> Found:
    """Calendars that tickets work by and that never open while they do."""
    calendars = patient.settings.calendars
    used = patient.session.rows(
        "SELECT calendar, min(created_at), max(greatest(created_at, updated_at)), count(*) "
        "FROM tickets WHERE calendar <> '' GROUP BY calendar ORDER BY calendar",
        "doctor",
    )
    return listed(
        [
            Example(name, "", f"{tickets:,} tickets")
            for name, first, last, tickets in used
            if name in calendars.names and not _opens(calendars, name, first, last + WEEK)
        ]
    )


def not_judged(patient: Patient) -> Found:
    """SLA policies of a vendor that never apply, as their filter is not understood here."""
    return listed([Example(*each) for each in patient.not_judged])


def _opens(calendars: Calendars, name: str, first: int, last: int) -> bool:
    return int(calendars.between(calendars.number(name), first, min(last, LATEST))) > 0


WEEK = 7 * 86_400 * 10**6
"""A week in microseconds: so long a calendar may be closed."""
LATEST = to_micros(datetime(2099, 12, 31, tzinfo=UTC))
"""Calendars end with 2100; a ticket may state any year for its last update."""

CHECKS = (
    Check(
        "no_hours",
        "error",
        "Calendars that never open while tickets work by them",
        "Business durations are all 0: set `hours` of the calendar, and look at its holidays.",
        no_hours,
    ),
    Check(
        "no_calendar",
        "warning",
        "Tickets that work around the clock though the desk has a calendar",
        "Run `deskpulse derive --all` if the calendar is new; else set `calendar` of the source.",
        no_calendar,
    ),
    Check(
        "policy_not_judged",
        "warning",
        "SLA policies of a vendor that are not judged, so that they apply to no ticket",
        "Write them as [policies.X], or set `import_policies = false` of the source.",
        not_judged,
    ),
    Check(
        "unknown_schedule",
        "warning",
        "Tickets whose schedule is unknown, so that they work by the desk's calendar",
        "Read the vendor's schedules too, or name a calendar after the schedule.",
        unknown_schedule,
    ),
)

"""Whether the mart is as new as the store."""

from __future__ import annotations

from deskpulse_reports.doctor.check import Check
from deskpulse_reports.doctor.finding import Example, Found
from deskpulse_reports.doctor.patient import Patient, listed


def not_derived(patient: Patient) -> Found:
    """Tickets in the store while there is no mart."""
    if patient.derived:
        return Found()
    return patient.in_store(
        "SELECT source, '' AS id, count(*) || ' tickets' FROM ticket GROUP BY source"
    )


def behind(patient: Patient) -> Found:
    """Tickets and other records that changed after the mart was derived."""
    if not patient.derived:
        return Found()
    return patient.in_store(
        """
        SELECT source, ticket_id, 'ticket' FROM dirty_ticket
        UNION ALL SELECT source, id, kind FROM dirty_record
        """
    )


def unlike(patient: Patient) -> Found:
    """Sources of which the mart has another number of tickets than the store."""
    if not patient.derived:
        return Found()
    stored = dict(patient.rows("SELECT source, count(*) FROM ticket GROUP BY source"))
    derived = dict(
        patient.session.rows("SELECT source, count(*) FROM tickets GROUP BY source", "doctor")
    )
    waiting = dict(patient.rows("SELECT source, count(*) FROM dirty_ticket GROUP BY source"))
    return listed(
        [
            Example(source, "", f"store {stored.get(source, 0):,}, mart {derived.get(source, 0):,}")
            for source in sorted({*stored, *derived})
            if abs(stored.get(source, 0) - derived.get(source, 0)) > waiting.get(source, 0)
        ]
    )


CHECKS = (
    Check(
        "not_derived",
        "error",
        "Sources whose tickets have no facts yet",
        "Run `deskpulse derive`.",
        not_derived,
    ),
    Check(
        "unlike",
        "error",
        "Sources of which the mart has other tickets than the store",
        "Run `deskpulse derive --all`.",
        unlike,
    ),
    Check(
        "behind",
        "info",
        "Tickets and other records that changed since facts were derived",
        "Run `deskpulse derive`; `deskpulse run` does so by itself.",
        behind,
    ),
)

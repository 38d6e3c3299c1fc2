"""Whether each ticket's history is whole."""

from __future__ import annotations

from deskpulse_reports.doctor.check import Check
from deskpulse_reports.doctor.finding import Found
from deskpulse_reports.doctor.patient import Patient


def no_history(patient: Patient) -> Found:
    """Tickets with neither a message nor a change that state no end either."""
    return patient.in_store(
        """
        SELECT t.source, t.id FROM ticket AS t
        WHERE t.removed_at IS NULL
          AND t.first_reply_at IS NULL AND t.solved_at IS NULL AND t.closed_at IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM message AS m WHERE m.source = t.source AND m.ticket_id = t.id)
          AND NOT EXISTS (
            SELECT 1 FROM change AS c WHERE c.source = t.source AND c.ticket_id = t.id)
        """
    )


def status_mismatch(patient: Patient) -> Found:
    """Tickets whose status is not the one that their last change led to."""
    return patient.in_mart(
        """
        SELECT source, ticket_id, 'is ' || status || ', its history ends ' || running_status
        FROM tickets WHERE history = 'history' AND status <> running_status
        """
    )


def ticket_missing(patient: Patient) -> Found:
    """Tickets that messages, changes, surveys, calls or worklogs name, but the store has not."""
    return patient.in_store(
        """
        SELECT named.source, named.ticket_id, named.kind FROM (
            SELECT DISTINCT source, ticket_id, 'message' AS kind FROM message
            UNION ALL SELECT DISTINCT source, ticket_id, 'change' FROM change
            UNION ALL SELECT DISTINCT source, ticket_id, 'survey' FROM survey
            UNION ALL SELECT DISTINCT source, ticket_id, 'interaction' FROM interaction
            UNION ALL SELECT DISTINCT source, ticket_id, 'worklog' FROM worklog
        ) AS named
        WHERE named.ticket_id IS NOT NULL
          AND NOT EXISTS (
            SELECT 1 FROM ticket AS t WHERE t.source = named.source AND t.id = named.ticket_id)
          AND NOT EXISTS (
            SELECT 1 FROM tombstone AS s
            WHERE s.source = named.source AND s.record = 'ticket' AND s.id = named.ticket_id)
        """
    )


def tombstone_alone(patient: Patient) -> Found:
    """Tickets of which only the tombstone is known."""
    return patient.in_store(
        """
        SELECT s.source, s.id, s.reason FROM tombstone AS s
        WHERE s.record = 'ticket' AND NOT EXISTS (
            SELECT 1 FROM ticket AS t WHERE t.source = s.source AND t.id = s.id)
        """
    )


CHECKS = (
    Check(
        "ticket_missing",
        "error",
        "Tickets that are missing, though other records belong to them",
        "Read the tickets too: run `deskpulse sync`, and if they stay missing "
        "`deskpulse sync SOURCE --again`.",
        ticket_missing,
    ),
    Check(
        "status_mismatch",
        "warning",
        "Tickets in another status than their last change led to",
        "Changes are missing: run `deskpulse sync`. If the source has no history, set "
        '`trust = "stated"`.',
        status_mismatch,
    ),
    Check(
        "no_history",
        "warning",
        "Tickets without any message or change",
        "Reply times and resolutions cannot be known of them: read messages and changes, or give "
        "`first_reply_at`, `solved_at` and `closed_at`.",
        no_history,
    ),
    Check(
        "tombstone_alone",
        "info",
        "Tickets that were gone before they were first read",
        "Nothing to do: they are in no KPI.",
        tombstone_alone,
    ),
)

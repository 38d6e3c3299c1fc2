"""Instants and durations that cannot be right."""

from __future__ import annotations

from deskpulse_reports.doctor.check import Check
from deskpulse_reports.doctor.finding import Found
from deskpulse_reports.doctor.patient import Patient


def message_before_ticket(patient: Patient) -> Found:
    """Tickets with a message from before their creation."""
    return patient.in_store(
        """
        SELECT t.source, t.id FROM ticket AS t JOIN (
            SELECT source, ticket_id, min(sent_at) AS first FROM message GROUP BY source, ticket_id
        ) AS m ON m.source = t.source AND m.ticket_id = t.id
        WHERE m.first < t.created_at
        """
    )


def change_before_ticket(patient: Patient) -> Found:
    """Tickets with a change from before their creation."""
    return patient.in_store(
        """
        SELECT t.source, t.id FROM ticket AS t JOIN (
            SELECT source, ticket_id, min(changed_at) AS first FROM change
            GROUP BY source, ticket_id
        ) AS c ON c.source = t.source AND c.ticket_id = t.id
        WHERE c.first < t.created_at
        """
    )


def future(patient: Patient) -> Found:
    """Tickets, messages and changes that are dated after the present."""
    return patient.in_store(
        """
        SELECT source, id, 'ticket' FROM ticket WHERE created_at > :now
        UNION ALL SELECT source, ticket_id, 'message ' || id FROM message WHERE sent_at > :now
        UNION ALL SELECT source, ticket_id, 'change ' || id FROM change WHERE changed_at > :now
        """
    )


def after_complete(patient: Patient) -> Found:
    """Tickets from after the moment up to which their source is complete."""
    return patient.in_store(
        """
        SELECT t.source, t.id FROM ticket AS t JOIN (
            SELECT source, min(complete_to) AS until FROM cursor GROUP BY source
        ) AS c ON c.source = t.source
        WHERE t.created_at > c.until AND t.created_at <= :now
        """
    )


def implausible(patient: Patient) -> Found:
    """Tickets that state an instant which cannot be: before creation, before 1990, after 2100."""
    return patient.in_store(
        """
        SELECT source, id FROM ticket
        WHERE first_reply_at < created_at OR first_reply_at >= 4102444800000000
           OR solved_at < created_at OR solved_at >= 4102444800000000
           OR closed_at < created_at OR closed_at >= 4102444800000000
           OR created_at < 631152000000000
        """
    )


def flawed(patient: Patient) -> Found:
    """Calls, worklogs, usage and measurements with a negative figure or none at all."""
    return patient.in_mart(
        """
        SELECT source, interaction_id, 'interaction' FROM interactions WHERE flawed
        UNION ALL SELECT source, activity_id, 'worklog' FROM activities
            WHERE flawed AND type = 'time_entry'
        UNION ALL SELECT source, usage_id, 'usage' FROM usage WHERE flawed
        UNION ALL SELECT source, measurement_id, 'measurement' FROM measurements WHERE flawed
        """
    )


def absurd(patient: Patient) -> Found:
    """Replies and resolutions after more than two years, calls and worklogs of more than a day."""
    return patient.in_mart(
        """
        SELECT source, ticket_id, 'ticket' FROM tickets
            WHERE first_reply_s > 63072000 OR full_resolution_s > 63072000
        UNION ALL SELECT source, interaction_id, 'interaction' FROM interactions
            WHERE greatest(wait_s, talk_s, hold_s, wrap_up_s) > 86400
        UNION ALL SELECT source, activity_id, 'worklog' FROM activities
            WHERE type = 'time_entry' AND spent_s > 86400
        """
    )


CHECKS = (
    Check(
        "future",
        "warning",
        "Tickets, messages and changes from the future",
        "A clock is ahead, or the question is asked `--as-of` an earlier time: set the clock of "
        "the system that writes them.",
        future,
    ),
    Check(
        "message_before_ticket",
        "warning",
        "Tickets with messages from before their creation",
        "Two clocks disagree: such a message is no first reply. Set the clock of the system that "
        "writes it, or correct the creation of imported tickets.",
        message_before_ticket,
    ),
    Check(
        "change_before_ticket",
        "warning",
        "Tickets with changes from before their creation",
        "Two clocks disagree: such changes count as made at creation. Set the clock of the system "
        "that writes them.",
        change_before_ticket,
    ),
    Check(
        "flawed",
        "warning",
        "Calls, worklogs and figures that are negative or no number",
        "They are left out of every mean; correct them at the source.",
        flawed,
    ),
    Check(
        "absurd",
        "warning",
        "Durations that are hard to believe: years to a reply, calls of more than a day",
        "Look at one with `deskpulse ticket SOURCE/ID`; imports often have such dates.",
        absurd,
    ),
    Check(
        "implausible",
        "warning",
        "Tickets that state instants which cannot be",
        "What lies before 1990, after 2100 or before the ticket is not used; correct it in the "
        "mapping or at the source.",
        implausible,
    ),
    Check(
        "after_complete",
        "info",
        "Tickets that are newer than the data is complete",
        "Some of their history may be missing until the next `deskpulse sync`.",
        after_complete,
    ),
)

"""People, teams and accounts that tickets name and the store does not know."""

from __future__ import annotations

from deskpulse_reports.doctor.check import Check
from deskpulse_reports.doctor.finding import Found
from deskpulse_reports.doctor.patient import Patient


def unknown_author(patient: Patient) -> Found:
    """Authors of messages of whom it is not known whether they are agents."""
    return patient.in_store(
        """
        SELECT m.source, m.author_id FROM (
            SELECT DISTINCT source, author_id FROM message WHERE author_role IS NULL
        ) AS m
        WHERE m.author_id IS NOT NULL
          AND NOT EXISTS (
            SELECT 1 FROM role AS r WHERE r.source = m.source AND r.person_id = m.author_id)
          AND NOT EXISTS (
            SELECT 1 FROM ticket AS t WHERE t.source = m.source AND t.requester_id = m.author_id)
        """
    )


def nameless_author(patient: Patient) -> Found:
    """Public messages that name neither an author nor a role."""
    return patient.in_store(
        """
        SELECT source, ticket_id, 'message ' || id FROM message
        WHERE author_role IS NULL AND author_id IS NULL AND public
        """
    )


def unknown_assignee(patient: Patient) -> Found:
    """Assignees without a record, in sources that have records of agents."""
    return patient.in_store(
        """
        SELECT t.source, t.assignee_id FROM (
            SELECT DISTINCT source, assignee_id FROM ticket
        ) AS t
        WHERE t.assignee_id IS NOT NULL
          AND t.source IN (SELECT source FROM agent)
          AND NOT EXISTS (
            SELECT 1 FROM agent AS a WHERE a.source = t.source AND a.id = t.assignee_id)
        """
    )


def unknown_team(patient: Patient) -> Found:
    """Teams without a record, in sources that have records of teams."""
    return patient.in_store(
        """
        SELECT t.source, t.team_id FROM (SELECT DISTINCT source, team_id FROM ticket) AS t
        WHERE t.team_id IS NOT NULL
          AND t.source IN (SELECT source FROM team)
          AND NOT EXISTS (SELECT 1 FROM team AS g WHERE g.source = t.source AND g.id = t.team_id)
        """
    )


def unknown_account(patient: Patient) -> Found:
    """Accounts without a record, in sources that have records of accounts."""
    return patient.in_store(
        """
        SELECT t.source, t.account_id FROM (SELECT DISTINCT source, account_id FROM ticket) AS t
        WHERE t.account_id IS NOT NULL
          AND t.source IN (SELECT source FROM account)
          AND NOT EXISTS (
            SELECT 1 FROM account AS a WHERE a.source = t.source AND a.id = t.account_id)
        """
    )


def doubled_mail(patient: Patient) -> Found:
    """Mail addresses that several customers of one source have; which ones is not told."""
    [(count,)] = patient.rows(
        """
        SELECT count(*) FROM (
            SELECT source, lower(email) FROM customer
            WHERE email IS NOT NULL AND email <> '' AND removed_at IS NULL
            GROUP BY source, lower(email) HAVING count(*) > 1
        ) AS doubled
        """
    )
    return Found(count)


CHECKS = (
    Check(
        "unknown_author",
        "warning",
        "Authors of whom it is not known whether they are agents",
        "Their messages count as nobody's reply: read the users or agents too, or give "
        "`author_role` with each message.",
        unknown_author,
    ),
    Check(
        "nameless_author",
        "warning",
        "Public messages that name neither an author nor a role",
        "They count as nobody's reply: give `author_id` or `author_role`.",
        nameless_author,
    ),
    Check(
        "unknown_assignee",
        "warning",
        "Assignees without a record of an agent",
        "Read the agents too; who left before the first sync may stay unknown.",
        unknown_assignee,
    ),
    Check(
        "unknown_team",
        "warning",
        "Teams without a record",
        "Read the teams too; a team that was deleted may stay unknown.",
        unknown_team,
    ),
    Check(
        "unknown_account",
        "warning",
        "Accounts without a record",
        "Read the accounts too: tiers and values are unknown without them.",
        unknown_account,
    ),
    Check(
        "doubled_mail",
        "info",
        "Mail addresses that more than one customer has",
        "Customers with several ids count as several: merge them at the source.",
        doubled_mail,
    ),
)

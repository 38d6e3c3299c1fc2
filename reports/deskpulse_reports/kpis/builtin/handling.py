"""Who had to be involved: escalations, transfers, stations."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

BOOK = "Team efficiency"
_RESOLVER = {"agent": "resolved_agent_id", "team": "resolved_team_id"}
_STATIONS = "Zendesk's ticket metrics assignee_stations and group_stations."


def _per_ticket(
    name: str, title: str, definition: str, column: str, source: str, *, known: str = ""
) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=definition,
        unit="score",
        direction="lower",
        table="tickets",
        each=column,
        filter=f"resolved_at is not null{known and f' and {known}'}",
        time="resolved_at",
        time_words="last resolution",
        population=(
            f"Tickets resolved now{known and ' whose messages are known'}; credit goes to the "
            "agent and team at the resolution."
        ),
        dimensions=_RESOLVER,
        source=source,
        book=BOOK,
    )


HANDLING = (
    Measure(
        id="escalation_rate",
        title="Percent escalated",
        definition="Tickets that were escalated at least once, out of all tickets created.",
        direction="lower",
        table="tickets",
        share="coalesce(escalations, 0) > 0",
        time="created_at",
        time_words="ticket creation",
        population=(
            "Every ticket. An escalation is a move to one of the source's escalation teams; where "
            "none are configured, every move to another team after the first assignment. Agent "
            "and team are those of today."
        ),
        source="Common practice: tickets with an escalation out of the same cohort.",
        book=BOOK,
    ),
    Measure(
        id="escalated_tickets",
        title="Escalated tickets",
        definition="Tickets escalated for the first time in the period.",
        direction="lower",
        table="tickets",
        value="count(*)",
        filter="escalated_at is not null",
        time="escalated_at",
        time_words="first escalation",
        population="Each ticket once, at its first escalation. Agent and team are those of today.",
        source="Common practice: first escalations only.",
        book=BOOK,
    ),
    Measure(
        id="transfer_rate",
        title="Transfer rate",
        definition=(
            "Tickets that moved to another team after the first assignment, out of all tickets."
        ),
        direction="lower",
        table="tickets",
        share="coalesce(transfers, 0) > 0",
        time="created_at",
        time_words="ticket creation",
        population="Every ticket. Agent and team are those of today.",
        source="Common practice: group changes after the first assignment.",
        book=BOOK,
    ),
    _per_ticket(
        "assignee_stations",
        "Assignee stations",
        "How often an agent got the ticket, the first included.",
        "assignee_stations",
        _STATIONS,
    ),
    _per_ticket(
        "group_stations",
        "Team stations",
        "How often a team got the ticket, the first included.",
        "group_stations",
        _STATIONS,
    ),
    _per_ticket(
        "agents_involved",
        "Agents involved",
        "Agents who wrote a message, public or not.",
        "agents_involved",
        "Fivetran's dbt_zendesk: distinct internal commenters (agent handoffs).",
        known="touch is not null",
    ),
)

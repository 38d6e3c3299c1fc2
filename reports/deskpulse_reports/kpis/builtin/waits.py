"""Where the time went: waiting, holding, working, being nobody's. Seconds by either clock."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

BOOK = "Team efficiency"
_ZENDESK = "Zendesk help 4408834848154 (native duration metrics); live while unsolved."
_RESOLVER = {"agent": "resolved_agent_id", "team": "resolved_team_id"}
_LIVE = "Every ticket; an unsolved one counts up to now."
_BUCKETS = (
    "Distribution of first reply times (Chatwoot 4.11): up to 1, 4, 8 and 24 hours. Buckets of "
    "it are differences of these shares."
)


def _replied_within(hours: int) -> Measure:
    unit = "hour" if hours == 1 else "hours"
    return Measure(
        id=f"first_reply_within_{hours}h",
        title=f"First reply within {hours} {unit}",
        definition=f"First replies that came within {hours} {unit} of creation.",
        direction="higher",
        table="tickets",
        share=f"first_reply_s <= {hours * 3600}",
        filter="first_reply_at is not null",
        time="first_reply_at",
        time_words="first reply",
        population=(
            "Tickets with a reply, as in first_reply_time: credit goes to who wrote it and to the "
            "ticket's team at that moment."
        ),
        dimensions={"agent": "first_reply_agent_id", "team": "first_reply_team_id"},
        source=_BUCKETS,
        book=BOOK,
    )


WAITS = (
    Measure(
        id="human_response_time",
        title="Human response after handoff",
        definition=(
            "From the last handoff by a bot, reopening or creation to the next public reply of a "
            "person."
        ),
        direction="lower",
        table="tickets",
        each="human_response_s",
        filter="human_response_s is not null",
        time="created_at",
        time_words="ticket creation",
        population="Tickets with such a reply. Agent and team are those of today.",
        source="Chatwoot's last_non_human_activity.",
        book=BOOK,
    ),
    Measure(
        id="agent_wait_time",
        title="Agent wait time",
        definition="Total time in pending: the desk waits for the customer.",
        table="tickets",
        each="agent_wait_s",
        running=("pending",),
        time="created_at",
        time_words="ticket creation",
        population=_LIVE,
        source=_ZENDESK,
        book=BOOK,
    ),
    Measure(
        id="on_hold_time",
        title="On-hold time",
        definition="Total time on hold: the desk waits for somebody else.",
        direction="lower",
        table="tickets",
        each="on_hold_s",
        running=("on_hold",),
        time="created_at",
        time_words="ticket creation",
        population=_LIVE,
        source=_ZENDESK,
        book=BOOK,
    ),
    Measure(
        id="agent_work_time",
        title="Agent work time",
        definition="Total time in new and open: it is the desk's turn.",
        direction="lower",
        table="tickets",
        each="agent_work_s",
        running=("new", "open"),
        time="created_at",
        time_words="ticket creation",
        population=_LIVE,
        source="Zendesk's agent work time; live while unsolved.",
        book=BOOK,
    ),
    Measure(
        id="solve_time",
        title="Solve time",
        definition="Total time in new, open, pending and on hold.",
        direction="lower",
        table="tickets",
        each="requester_wait_s + agent_wait_s",
        running=("new", "open", "pending", "on_hold"),
        time="created_at",
        time_words="ticket creation",
        population=f"{_LIVE} Solved time between two solves is not in it.",
        source="Fivetran's dbt_zendesk 0.13: ticket_unsolved time over all unsolved statuses.",
        book=BOOK,
    ),
    Measure(
        id="unassigned_time",
        title="Unassigned time",
        definition="From creation to the first agent.",
        direction="lower",
        table="tickets",
        each="unassigned_s",
        filter="first_assigned_at is not null",
        time="first_assigned_at",
        time_words="first assignment",
        population="Tickets that an agent got. Agent and team are those of today.",
        source="Fivetran's dbt_zendesk: time without an assignee before the first one.",
        book=BOOK,
    ),
    Measure(
        id="first_assignment_to_resolution",
        title="First assignment to resolution",
        definition="From the first agent to the last resolution.",
        direction="lower",
        table="tickets",
        each="first_assignment_s",
        filter="resolved_at is not null",
        time="resolved_at",
        time_words="last resolution",
        population="Resolved tickets that an agent held; credit as at the resolution.",
        dimensions=_RESOLVER,
        source="Fivetran's dbt_zendesk: first assignment to resolution.",
        book=BOOK,
    ),
    Measure(
        id="last_assignment_to_resolution",
        title="Last assignment to resolution",
        definition="From the last agent's getting it to the last resolution.",
        direction="lower",
        table="tickets",
        each="last_assignment_s",
        filter="resolved_at is not null",
        time="resolved_at",
        time_words="last resolution",
        population="Resolved tickets that an agent held; credit as at the resolution.",
        dimensions=_RESOLVER,
        source="Fivetran's dbt_zendesk: last assignment to resolution.",
        book=BOOK,
    ),
    *(_replied_within(hours) for hours in (1, 4, 8, 24)),
)

"""What agents did: replies, notes, calls, field changes, time entries."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

BOOK = "Rep activity"
_BY_ACTOR = "Credit goes to who did it and to the ticket's team at that moment."
_RESOLVER = {"agent": "resolved_agent_id", "team": "resolved_team_id"}
_KNOWN = "Tickets resolved now whose messages are known."
_MESSAGES_KNOWN = "resolved_at is not null and touch is not null"
_SERVICE = "Common practice: counts of agent-authored events, as in CRM activity reports."

ACTIVITY = (
    Measure(
        id="service_activities",
        title="Service activities",
        definition=(
            "Events that agents caused: replies, notes, chats, calls, assignments, status and "
            "field changes, time entries. Split it by type."
        ),
        table="activities",
        value="count(*)",
        filter="actor_role = 'agent'",
        time_words="activity",
        population=f"Events of agents; bots and rules have their own count. {_BY_ACTOR}",
        source=_SERVICE,
        book=BOOK,
    ),
    Measure(
        id="automatic_activities",
        title="Automatic activities",
        definition="Events that bots, rules and the system caused.",
        table="activities",
        value="count(*)",
        filter="actor_role in ('bot', 'system')",
        time_words="activity",
        population="Events of bots and of the system; a change that names nobody is in neither.",
        source=_SERVICE,
        book=BOOK,
    ),
    Measure(
        id="public_replies",
        title="Public replies",
        definition="Public replies and chat messages that agents wrote.",
        table="activities",
        value="count(*)",
        filter="actor_role = 'agent' and type in ('public_reply', 'chat_message')",
        time_words="reply",
        population=f"Several chat messages of one author in a row are one. {_BY_ACTOR}",
        source="Fivetran's dbt_zendesk (a messaging session counts as one comment).",
        book=BOOK,
    ),
    Measure(
        id="internal_notes",
        title="Internal notes",
        definition="Private notes that agents wrote.",
        table="activities",
        value="count(*)",
        filter="actor_role = 'agent' and type = 'internal_note'",
        time_words="note",
        population=f"Notes of agents. {_BY_ACTOR}",
        source=_SERVICE,
        book=BOOK,
    ),
    Measure(
        id="time_logged",
        title="Time logged",
        definition="Time that agents logged, summed.",
        unit="seconds",
        table="activities",
        value="sum(spent_s)",
        filter="type = 'time_entry' and spent_s is not null",
        time_words="time entry",
        population=f"Worklogs; impossible durations are left out. {_BY_ACTOR}",
        source="Freshdesk time entries, Zendesk's time tracking app: sum of the time spent.",
        book=BOOK,
    ),
    Measure(
        id="time_logged_per_ticket",
        title="Time logged per ticket",
        definition="Time logged on a resolved ticket, all its time entries added up.",
        direction="lower",
        table="tickets",
        each="logged_s",
        filter="resolved_at is not null",
        time="resolved_at",
        time_words="last resolution",
        population="Resolved tickets with a time entry; one without any is unknown, not zero.",
        dimensions=_RESOLVER,
        source="Freshdesk time entries, Zendesk's time tracking app: time spent by ticket.",
        book=BOOK,
    ),
    Measure(
        id="activities_per_resolution",
        title="Activities per resolution",
        definition=(
            "Agent activities between creation and last resolution, per resolved ticket: the mean "
            "is the average, the headline the median."
        ),
        unit="score",
        direction="lower",
        table="tickets",
        each="agent_activities",
        filter="resolved_at is not null",
        time="resolved_at",
        time_words="last resolution",
        population="Tickets resolved now; credit goes to the agent and team at the resolution.",
        dimensions=_RESOLVER,
        source=_SERVICE,
        book=BOOK,
    ),
    Measure(
        id="messages_per_ticket",
        title="Messages per ticket",
        definition="Public messages of customers and agents per resolved ticket.",
        unit="score",
        direction="lower",
        table="tickets",
        each="customer_messages + public_agent_comments",
        filter=_MESSAGES_KNOWN,
        time="resolved_at",
        time_words="last resolution",
        population=(
            "Tickets resolved now, as an open one may still grow, whose messages are known; notes "
            "do not count."
        ),
        dimensions=_RESOLVER,
        source="Gorgias and Redo help: messages per closed ticket.",
        book=BOOK,
    ),
    Measure(
        id="notes_per_ticket",
        title="Internal notes per ticket",
        definition="Private notes per resolved ticket.",
        unit="score",
        table="tickets",
        each="internal_notes",
        filter=_MESSAGES_KNOWN,
        time="resolved_at",
        time_words="last resolution",
        population=f"{_KNOWN} Credit goes to the agent and team at the resolution.",
        dimensions=_RESOLVER,
        source="Fivetran's dbt_zendesk ticket metrics: count of internal comments.",
        book=BOOK,
    ),
    Measure(
        id="agent_replies",
        title="Agent replies per ticket",
        definition="Public messages of agents after the one that created the ticket.",
        unit="score",
        direction="lower",
        table="tickets",
        each="agent_replies",
        filter=_MESSAGES_KNOWN,
        time="resolved_at",
        time_words="last resolution",
        population=f"{_KNOWN} Credit goes to the agent and team at the resolution.",
        dimensions=_RESOLVER,
        source="Zendesk's replies metric; creation comments are no replies.",
        book=BOOK,
    ),
)

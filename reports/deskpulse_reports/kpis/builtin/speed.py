"""How long customers waited. Seconds by either clock; the headline is the median."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure, Ratio

_RESOLVER = {"agent": "resolved_agent_id", "team": "resolved_team_id"}

SPEED = (
    Measure(
        id="first_reply_time",
        title="First reply time",
        definition="From creation to the first public reply of a person.",
        direction="lower",
        table="tickets",
        each="first_reply_s",
        time="first_reply_at",
        time_words="first reply",
        population=(
            "Tickets with a reply. Bots, notes and the message that created the ticket are no "
            "replies. Credit goes to who wrote it and to the ticket's team at that moment; slice "
            "by initiated_by to leave out tickets that agents began."
        ),
        dimensions={"agent": "first_reply_agent_id", "team": "first_reply_team_id"},
        source="Zendesk help 4408821871642 (first reply time), from creation on every channel.",
    ),
    Measure(
        id="next_reply_time",
        title="Next reply time",
        definition=(
            "From the oldest unanswered public customer message after the first reply to the next "
            "public reply of a person, or to the solving of the ticket."
        ),
        direction="lower",
        table="replies",
        each="s",
        filter="ended_at is not null",
        time="ended_at",
        time_words="answer",
        population=(
            "Waits that ended; several customer messages in a row are one wait. Credit goes to "
            "who answered."
        ),
        source="Zendesk's next reply time; Fivetran's dbt_zendesk for waits that solving ends.",
    ),
    Measure(
        id="reaction_time",
        title="Reaction time",
        definition=(
            "From a customer's public message to the first thing that a person does about it: "
            "reply publicly, hand the ticket to another agent or team, solve or close it."
        ),
        direction="lower",
        table="reactions",
        each="s",
        filter="ended_by <> 'unknown'",
        time="ended_at",
        time_words="reaction",
        population=(
            "Messages that got a reaction; several in a row are one. What bots and rules do is no "
            "reaction, nor is a note or taking the ticket oneself; what names nobody is left out. "
            "Credit goes to who reacted and to the team that had the ticket until then."
        ),
        source="Front's reaction time: assigned to another, replied to or archived.",
    ),
    Measure(
        id="total_reply_time",
        title="Total reply time",
        definition="All that a customer waited for replies, first and next ones, added up.",
        direction="lower",
        table="tickets",
        each="total_reply_s",
        filter="resolved_at is not null",
        time="resolved_at",
        time_words="last resolution",
        population=(
            "Tickets resolved now that got a reply; a wait that solving ended is in it. Credit "
            "goes to the agent and team at the resolution."
        ),
        dimensions=_RESOLVER,
        source="Fivetran's dbt_zendesk: first reply time plus all next reply times.",
    ),
    Measure(
        id="reply_wait",
        title="Waits for replies, summed",
        definition="Sum of first and next reply times of resolved tickets.",
        unit="seconds",
        direction="lower",
        table="tickets",
        value="sum(total_reply_s)",
        filter="resolved_at is not null and total_reply_s >= 0",
        time="resolved_at",
        time_words="last resolution",
        population="As total_reply_time.",
        dimensions=_RESOLVER,
        source="Numerator of average_reply_time.",
    ),
    Measure(
        id="reply_waits",
        title="Waits for replies",
        definition="How often customers of resolved tickets waited for a reply.",
        table="tickets",
        value="coalesce(sum(reply_waits), 0)",
        filter="resolved_at is not null and total_reply_s >= 0",
        time="resolved_at",
        time_words="last resolution",
        population="As total_reply_time; each wait counts once, first and next ones.",
        dimensions=_RESOLVER,
        source="Denominator of average_reply_time.",
    ),
    Ratio(
        id="average_reply_time",
        title="Average reply time",
        definition="Mean of all waits for a reply, first and next ones pooled.",
        unit="seconds",
        direction="lower",
        numerator="reply_wait",
        denominator="reply_waits",
        time_words="last resolution",
        population="Waits of tickets resolved in the period; pooled, no mean of means.",
        source="Sum of reply times / all replies.",
    ),
    Measure(
        id="first_resolution_time",
        title="First resolution time",
        definition="From creation to the first resolution.",
        direction="lower",
        table="tickets",
        each="first_resolution_s",
        time="first_resolved_at",
        time_words="first resolution",
        population=(
            "Tickets that were ever resolved, also when open again. Credit goes to the agent and "
            "team at the last resolution; a ticket open again has none."
        ),
        dimensions=_RESOLVER,
        source="Zendesk help 4408834848154 (native duration metrics).",
    ),
    Measure(
        id="full_resolution_time",
        title="Full resolution time",
        definition="From creation to the last resolution.",
        direction="lower",
        table="tickets",
        each="full_resolution_s",
        filter="resolved_at is not null",
        time="resolved_at",
        time_words="last resolution",
        population=(
            "Tickets resolved now; closing a solved ticket days later does not move it. Credit "
            "goes to the agent and team at the resolution."
        ),
        dimensions=_RESOLVER,
        source="Zendesk help 4408834848154 (native duration metrics).",
    ),
    Measure(
        id="time_in_stage",
        title="Time in stage",
        definition="Time in a status before the last resolution, all stays in it added up.",
        direction="lower",
        table="stages",
        each="total_s",
        filter="resolved_at is not null and total_s > 0",
        time="resolved_at",
        time_words="last resolution",
        population=(
            "One value per resolved ticket and stage it spent time in; meant to be split by stage. "
            "Agent and team are those of the ticket's first span in the stage."
        ),
        source="Sum over stages of the time between creation and last resolution.",
    ),
    Measure(
        id="requester_wait_time",
        title="Requester wait time",
        definition="Total time in new, open and on hold; an unsolved ticket counts up to now.",
        direction="lower",
        table="tickets",
        each="requester_wait_s",
        running=("new", "open", "on_hold"),
        time="created_at",
        time_words="ticket creation",
        population="Every ticket. Solved time between two solves is no waiting.",
        source="Zendesk's requester wait time; live while unsolved, as in Fivetran's dbt_zendesk.",
    ),
)

"""How much work a resolution took, and whether it held."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

_RESOLVER = {"agent": "resolved_agent_id", "team": "resolved_team_id"}
_RESOLVED = (
    "Tickets resolved now whose messages are known; credit goes to the agent and team at the "
    "resolution."
)

EFFORT = (
    Measure(
        id="one_touch_rate",
        title="One-touch rate",
        definition="Resolved tickets with exactly one agent reply, out of all resolved tickets.",
        direction="higher",
        table="tickets",
        share="touch = 'one'",
        filter="resolved_at is not null and touch is not null",
        time="resolved_at",
        time_words="last resolution",
        population=(
            f"{_RESOLVED} Solved without any reply is a class of its own (zero) and not one-touch; "
            "the message that created the ticket is no reply."
        ),
        dimensions=_RESOLVER,
        source="Zendesk help 4408820618266 (one-touch tickets), current text: exactly one reply.",
    ),
    Measure(
        id="fcr_rate",
        title="First contact resolution",
        definition=(
            "Resolved tickets that took exactly one public response, out of all resolved tickets."
        ),
        direction="higher",
        table="tickets",
        share="agent_replies = 1",
        filter="resolved_at is not null and touch is not null",
        time="resolved_at",
        time_words="last resolution",
        population=(
            f"{_RESOLVED} A response is a public message of an agent after the one that created "
            "the ticket. Other readings have other names: fcr_no_further_contact, "
            "fcr_no_repeat_contact and one_touch_rate."
        ),
        dimensions=_RESOLVER,
        source="Zoho Desk's variant: closed with exactly one response.",
    ),
    Measure(
        id="reopen_rate",
        title="Reopen rate",
        definition="Tickets reopened at least once, out of all tickets that were ever resolved.",
        direction="lower",
        table="tickets",
        share="reopens > 0",
        filter="first_resolved_at is not null",
        time="first_resolved_at",
        time_words="first resolution",
        population=(
            "Tickets that were ever resolved, also when open again: otherwise the worst cases "
            "would be missing. Credit goes to the agent and team at the last resolution."
        ),
        dimensions=_RESOLVER,
        source="Zendesk's reopens: transitions from solved to anything but closed.",
    ),
)

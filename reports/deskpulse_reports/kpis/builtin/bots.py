"""What bots do: conversations, resolutions without a person, handoffs."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

BOOK = "Team efficiency"
_BOTS = "Tickets in which a bot wrote publicly. Agent and team are those of today."


def _rate(name: str, title: str, words: str, share: str, source: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        direction="higher" if name == "bot_resolution_rate" else "lower",
        table="tickets",
        share=share,
        filter="bot_messages > 0",
        time="created_at",
        time_words="ticket creation",
        population=_BOTS,
        source=source,
        book=BOOK,
    )


BOTS = (
    Measure(
        id="bot_conversations",
        title="Bot conversations",
        definition="Tickets created in which a bot wrote publicly.",
        table="tickets",
        value="count(*)",
        filter="bot_messages > 0",
        time="created_at",
        time_words="ticket creation",
        population=_BOTS,
        source="Chatwoot's bot metrics: distinct conversations.",
        book=BOOK,
    ),
    _rate(
        "bot_resolution_rate",
        "Bot resolution rate",
        "Tickets resolved without a public message of an agent, out of all with a bot.",
        "coalesce(bot_resolved, false)",
        "Chatwoot's bot metrics; a person who steps in later revokes it (issue 12058).",
    ),
    _rate(
        "bot_handoff_rate",
        "Bot handoff rate",
        "Tickets that a bot handed to a person, each once, out of all with a bot.",
        "handoffs > 0",
        "Chatwoot's bot metrics: the first handoff only.",
    ),
    Measure(
        id="automation_rate",
        title="Automation rate",
        definition="Resolved tickets in which no agent wrote anything, out of all resolved.",
        direction="higher",
        table="tickets",
        share="coalesce(agents_involved, 0) = 0",
        filter="resolved_at is not null",
        time="resolved_at",
        time_words="last resolution",
        population="Tickets resolved now, with a bot or without; spam is out.",
        dimensions={"agent": "resolved_agent_id", "team": "resolved_team_id"},
        source="Gorgias: interactions with no human / all interactions.",
        book=BOOK,
    ),
)

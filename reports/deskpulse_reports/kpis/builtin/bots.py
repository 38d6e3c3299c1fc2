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


_DAY_S = 86_400
_SILENCE = (
    "Silence counts as resolved, although the customer may have given up: read it beside "
    "ai_resolution_confirmed."
)


def _resolved(name: str, title: str, words: str, share: str, remark: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=f"Tickets that a bot answered last and without a person, {words}, out of all "
        "with a bot.",
        direction="higher",
        table="tickets",
        share=share,
        filter="bot_messages > 0",
        time="last_bot_message_at",
        time_words="the bot's last message",
        pending_s=_DAY_S,
        population=(
            f"{_BOTS} One whose bot wrote within the last day is pending and in neither number. A "
            f"handover or a public message of an agent is a person. {remark}"
        ),
        source="Intercom's Fin: resolutions confirmed and assumed.",
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
        dimensions={"bot_outcome": "bot_outcome"},
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
    _resolved(
        "ai_resolution_confirmed",
        "AI resolution (confirmed)",
        "and whose customer said in a survey that the answer was good",
        "bot_outcome = 'confirmed'",
        "The survey is the last answered one of kind csat or fcr.",
    ),
    _resolved(
        "ai_resolution_assumed",
        "AI resolution (assumed)",
        "and whose customer neither wrote again, nor answered a survey",
        "bot_outcome = 'assumed'",
        _SILENCE,
    ),
    _resolved(
        "ai_resolution_rate",
        "AI resolution (confirmed or assumed)",
        "and whose customer was content or silent",
        "bot_outcome in ('confirmed', 'assumed')",
        f"The sum of the two. {_SILENCE}",
    ),
    Measure(
        id="automation_rate",
        title="Automation rate",
        definition="Resolved tickets in which no agent wrote anything, out of all resolved.",
        direction="higher",
        table="tickets",
        share="coalesce(agents_involved, 0) = 0",
        filter="resolved_at is not null and touch is not null",
        time="resolved_at",
        time_words="last resolution",
        population=(
            "Tickets resolved now whose messages are known, with a bot or without; spam is out."
        ),
        dimensions={"agent": "resolved_agent_id", "team": "resolved_team_id"},
        source="Gorgias: interactions with no human / all interactions.",
        book=BOOK,
    ),
)

"""Who gave up waiting, and how many were answered in time: calls, chats and written contacts.

There are five service levels in use that differ on the same data; each has its own name here.
"""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

BOOK = "Calls and chats"
WITHIN_S = 20
SHORT_S = 5
_INBOUND = "coalesce(direction, 'inbound') = 'inbound'"
_CALLS = f"channel = 'voice' and {_INBOUND} and coalesce(in_hours, true)"
_QUEUED = f"{_CALLS} and outcome in ('answered', 'abandoned', 'missed', 'voicemail')"
_CHATS = f"channel = 'chat' and {_INBOUND}"
_IN_TIME = f"wait_s <= {WITHIN_S}"
_SPLIT = "Credit goes to the agent and team of the contact."
_WHO = f"Inbound calls in business hours; call-backs are out. {_SPLIT}"
_CISCO = "Cisco UCCE: abandon mode {}; callcentrehelper 206890. Another limit is a KPI of its own."


def _level(mode: str, title: str, words: str, *, share: str, rows: str, source: str) -> Measure:
    return Measure(
        id=f"service_level_{mode}",
        title=f"Service level {WITHIN_S} s ({title})",
        definition=words,
        direction="higher",
        table="interactions",
        share=share,
        filter=rows,
        time_words="start of the call",
        population=_WHO,
        source=source,
        book=BOOK,
    )


def _abandon(name: str, title: str, words: str, rows: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        direction="lower",
        table="interactions",
        share="outcome = 'abandoned'",
        filter=f"{rows} and outcome in ('answered', 'abandoned')",
        time_words="start of the contact",
        population=f"Inbound contacts that were answered or abandoned. {_SPLIT}",
        source="Cisco and AWS Connect: abandoned / (answered + abandoned).",
        book=BOOK,
    )


_ANSWERED_IN_TIME = f"outcome = 'answered' and {_IN_TIME}"
_SHORT = f"(outcome = 'abandoned' and wait_s <= {SHORT_S})"

QUEUES = (
    _level(
        "positive",
        "abandons in time count as good",
        f"Calls answered or abandoned within {WITHIN_S} s, out of all offered.",
        share=f"outcome in ('answered', 'abandoned') and {_IN_TIME}",
        rows=_QUEUED,
        source=_CISCO.format("positive"),
    ),
    _level(
        "negative",
        "abandons count as missed",
        f"Calls answered within {WITHIN_S} s, out of all offered.",
        share=_ANSWERED_IN_TIME,
        rows=_QUEUED,
        source=_CISCO.format("negative"),
    ),
    _level(
        "ignore",
        "abandons in time are ignored",
        f"Calls answered within {WITHIN_S} s, out of those offered and not abandoned by then.",
        share=_ANSWERED_IN_TIME,
        rows=f"{_QUEUED} and not (outcome = 'abandoned' and coalesce({_IN_TIME}, false))",
        source=_CISCO.format("ignore"),
    ),
    _level(
        "answered",
        "answered calls only",
        f"Calls answered within {WITHIN_S} s, out of all answered.",
        share=_IN_TIME,
        rows=f"{_CALLS} and outcome = 'answered'",
        source="callcentrehelper 206890: the kindest of the formulas in use.",
    ),
    _level(
        "short_positive",
        "short abandons count as good",
        f"Calls answered within {WITHIN_S} s or abandoned within {SHORT_S} s, out of all offered.",
        share=f"(outcome = 'answered' and {_IN_TIME}) or {_SHORT}",
        rows=_QUEUED,
        source="ICMI: only callers who hang up at once count as served.",
    ),
    _abandon(
        "abandon_rate",
        "Abandon rate",
        "Calls that the caller gave up, out of those answered or abandoned.",
        _CALLS,
    ),
    _abandon(
        "abandon_rate_patient",
        f"Abandon rate without the first {SHORT_S} s",
        f"The same without the calls given up within {SHORT_S} s: they are in neither number.",
        f"{_CALLS} and not coalesce({_SHORT}, false)",
    ),
    _abandon(
        "chat_abandon_rate",
        "Chat abandon rate",
        "Chats that the visitor left before anybody served them.",
        _CHATS,
    ),
    _abandon(
        "conversation_abandon_rate",
        "Abandon rate by channel",
        "Live conversations given up before an answer; split it by channel.",
        _INBOUND,
    ),
    Measure(
        id="written_abandon_rate",
        title="Unanswered after seven days",
        definition=(
            "Tickets that customers wrote and that got no public reply of a person and no "
            "resolution by a bot, out of all older than seven days."
        ),
        direction="lower",
        table="tickets",
        share="first_reply_at is null and not coalesce(bot_resolved, false)",
        filter="coalesce(initiated_by, 'customer') = 'customer'",
        pending_s=7 * 86400,
        time="created_at",
        time_words="ticket creation",
        population="Tickets older than seven days; a younger one is pending. Split it by channel.",
        source="Common practice: conversations left unanswered beyond the customer's patience.",
        book=BOOK,
    ),
    Measure(
        id="chats_offered",
        title="Chats",
        definition="Inbound chats.",
        table="interactions",
        value="count(*)",
        filter=_CHATS,
        time_words="start of the chat",
        population=f"Every inbound chat. {_SPLIT}",
        source="Common practice: chats offered.",
        book=BOOK,
    ),
    Measure(
        id="chat_wait_time",
        title="Chat wait time",
        definition="Wait of a chat that was answered.",
        direction="lower",
        table="interactions",
        each="wait_s",
        filter=f"{_CHATS} and outcome = 'answered' and wait_s is not null",
        time_words="start of the chat",
        population=f"Inbound chats that were answered. {_SPLIT}",
        source="Zendesk Chat's wait time: up to the first agent message.",
        book=BOOK,
    ),
    Measure(
        id="chat_handle_time",
        title="Average handle time, chats",
        definition="Mean of talk + hold + wrap-up of answered chats.",
        unit="seconds",
        direction="lower",
        table="interactions",
        value="avg(handle_s)",
        filter=f"{_CHATS} and handle_s is not null",
        time_words="start of the chat",
        population=f"Inbound chats that were answered; chats held at once overlap. {_SPLIT}",
        source="Cisco and AWS Connect: (talk + hold + after-contact work) / handled.",
        book=BOOK,
    ),
)

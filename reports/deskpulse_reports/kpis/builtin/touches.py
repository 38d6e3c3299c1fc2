"""How many replies a resolution took, and whether the customer had to come again."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Direction, Measure

BOOK = "Team efficiency"
_RESOLVER = {"agent": "resolved_agent_id", "team": "resolved_team_id"}
_RESOLVED = (
    "Tickets resolved now whose messages are known; credit goes to the agent and team at the "
    "resolution."
)
_ZENDESK = "Zendesk help 4408820618266 (one-touch tickets); zero replies are a class of their own."
WEEK_S = 7 * 86400
_WEEK = WEEK_S * 1_000_000
_AGAIN = f"next_contact_at is not null and next_contact_at - created_at <= {_WEEK}"
_AGAIN_ALIKE = f"next_same_reason_at is not null and next_same_reason_at - created_at <= {_WEEK}"
_BY_CUSTOMERS = "customer_id is not null and coalesce(initiated_by, 'customer') = 'customer'"
_SETTLED = (
    "Tickets that known customers began, older than seven days: a younger one is pending and in "
    "neither number. What an agent began is no contact of the customer's."
)
_REPEAT = "callcentrehelper.com: a repeat contact within seven days; pending contacts are out."


def _touches(name: str, title: str, words: str, better: Direction) -> Measure:
    return Measure(
        id=f"{name}_touch_rate",
        title=title,
        definition=f"Resolved tickets with {words}, out of all resolved tickets.",
        direction=better,
        table="tickets",
        share=f"touch = '{name}'",
        filter="resolved_at is not null and touch is not null",
        time="resolved_at",
        time_words="last resolution",
        population=_RESOLVED,
        dimensions=_RESOLVER,
        source=_ZENDESK,
        book=BOOK,
    )


TOUCHES = (
    _touches("zero", "Zero-touch rate", "no agent reply at all", "neutral"),
    _touches("two", "Two-touch rate", "exactly two agent replies", "neutral"),
    _touches("multi", "Multi-touch rate", "three or more agent replies", "lower"),
    Measure(
        id="fcr_no_further_contact",
        title="First contact resolution (no further message)",
        definition=(
            "Resolved tickets in which the customer wrote nothing after the first reply, out of "
            "all resolved tickets with a reply."
        ),
        direction="higher",
        table="tickets",
        share="further_customer_messages = 0",
        filter="resolved_at is not null and first_reply_at is not null and touch is not null",
        time="resolved_at",
        time_words="last resolution",
        population=f"{_RESOLVED} Any number of agent replies.",
        dimensions=_RESOLVER,
        source="Freshservice's variant: resolved without a further customer message.",
        book=BOOK,
    ),
    Measure(
        id="fcr_no_repeat_contact",
        title="First contact resolution (no repeat contact)",
        definition=(
            "Tickets whose customer opened no other one within seven days, out of all tickets "
            "older than seven days."
        ),
        direction="higher",
        table="tickets",
        share=f"not ({_AGAIN})",
        filter=_BY_CUSTOMERS,
        pending_s=WEEK_S,
        time="created_at",
        time_words="ticket creation",
        population=_SETTLED,
        source=_REPEAT,
        book=BOOK,
    ),
    Measure(
        id="fcr_no_repeat_same_reason",
        title="First contact resolution (no repeat for the same reason)",
        definition=(
            "Tickets whose customer opened no other one of the same reason within seven days, out "
            "of all tickets older than seven days."
        ),
        direction="higher",
        table="tickets",
        share=f"not ({_AGAIN_ALIKE})",
        filter=_BY_CUSTOMERS,
        pending_s=WEEK_S,
        time="created_at",
        time_words="ticket creation",
        population=f"{_SETTLED} No reason is a reason, too.",
        source=_REPEAT,
        book=BOOK,
    ),
    Measure(
        id="repeat_contact_rate",
        title="Repeat contact rate (call-backs)",
        definition=(
            "Tickets followed by another one of the same customer within seven days, out of all "
            "tickets older than seven days."
        ),
        direction="lower",
        table="tickets",
        share=_AGAIN,
        filter=_BY_CUSTOMERS,
        pending_s=WEEK_S,
        time="created_at",
        time_words="ticket creation",
        population=_SETTLED,
        source=_REPEAT,
        book=BOOK,
    ),
)

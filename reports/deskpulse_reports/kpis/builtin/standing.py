"""What stands open now and lacks something: a reply, an assignee."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Stock

BOOK = "Rep activity"
_UNSOLVED = "status in ('new', 'open', 'pending', 'on_hold')"


def _lacking(name: str, title: str, words: str, condition: str, source: str) -> Stock:
    return Stock(
        id=name,
        title=title,
        definition=f"Unsolved tickets {words}.",
        direction="lower",
        table="tickets",
        filter=f"{condition} and {_UNSOLVED}",
        starts="created_at",
        time_words="now",
        population="Tickets new, open, pending or on hold. Agent and team are those of today.",
        source=source,
        book=BOOK,
    )


STANDING = (
    _lacking(
        "unattended",
        "Unattended tickets",
        "to which no person has replied publicly",
        "first_reply_at is null",
        "Chatwoot's live view: open conversations without a first reply.",
    ),
    _lacking(
        "unassigned",
        "Unassigned tickets",
        "without an agent",
        "agent_id is null",
        "Chatwoot's live view: open conversations without an assignee.",
    ),
    _lacking(
        "unreplied",
        "Unreplied tickets",
        "with no agent reply after the message that created them",
        "coalesce(agent_replies, 0) = 0 and first_reply_at is null",
        "Fivetran's dbt_zendesk unreplied tickets, with = 0 where its test reads < 0.",
    ),
    _lacking(
        "reopened_open",
        "Reopened and open",
        "that were resolved before",
        "reopens > 0",
        "Zendesk's reopens: work that was thought to be done.",
    ),
)

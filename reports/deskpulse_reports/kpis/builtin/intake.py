"""What came in that is more than a ticket more: complaints, duplicates, spam, closings."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

BOOK = "Team efficiency"
_COMPLAINT = (
    "lower(coalesce(kind, '')) in ('complaint', 'complaints') "
    "or lower(coalesce(reason, '')) in ('complaint', 'complaints') "
    "or coalesce(list_contains(tags, 'complaint'), false)"
)
_COMPLAINTS = (
    "A complaint is a ticket of kind or reason `complaint`, or tagged so; a desk with other words "
    "writes its own [kpis.*]. Agent and team are those of today."
)


def _gone(reason: str, name: str, title: str, words: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        table="tickets",
        value="count(*)",
        filter=f"removed_reason = '{reason}'",
        include_removed=True,
        time="removed_at",
        time_words="removal",
        population="Only these; they are in no other volume. Agent and team are the last ones.",
        source="Freshdesk's metrics page: the merged-away ticket is neither created nor resolved.",
        book=BOOK,
    )


INTAKE = (
    Measure(
        id="complaints",
        title="Complaints",
        definition="Tickets created that are complaints.",
        direction="lower",
        table="tickets",
        value="count(*)",
        filter=_COMPLAINT,
        time="created_at",
        time_words="ticket creation",
        population=_COMPLAINTS,
        source="Common practice: complaints by day, week and month.",
        book=BOOK,
    ),
    Measure(
        id="complaint_rate",
        title="Complaint rate",
        definition="Complaints out of all tickets created.",
        direction="lower",
        table="tickets",
        share=_COMPLAINT,
        time="created_at",
        time_words="ticket creation",
        population=_COMPLAINTS,
        source="Common practice: complaints / tickets.",
        book=BOOK,
    ),
    _gone("merged", "merged_tickets", "Merged tickets", "Tickets merged into another one."),
    _gone("deleted", "deleted_tickets", "Deleted tickets", "Tickets that were deleted."),
    _gone("spam", "spam_tickets", "Spam", "Tickets marked as spam."),
    Measure(
        id="closed_tickets",
        title="Closed tickets",
        definition="Tickets closed in the period.",
        table="tickets",
        value="count(*)",
        filter="closed_at is not null",
        time="closed_at",
        time_words="closing",
        population="Tickets with a closing time. Agent and team are those of today.",
        source="Zendesk's closed status: final, usually days after solved.",
        book=BOOK,
    ),
    Measure(
        id="resolve_events",
        title="Resolve events",
        definition="How often a ticket became resolved: one solved twice counts twice.",
        table="stages",
        value="count(*)",
        filter="resolves",
        time="started_at",
        time_words="resolution",
        population="Every resolution, whatever came later. Agent and team are those of then.",
        source="Chatwoot PR 12261: count resolve events, not what is resolved now.",
        book=BOOK,
    ),
    Measure(
        id="requesters",
        title="Requesters",
        definition="Distinct customers who opened a ticket.",
        table="tickets",
        value="count(distinct source || '/' || customer_id)",
        filter="customer_id is not null and coalesce(initiated_by, 'customer') = 'customer'",
        time="created_at",
        time_words="ticket creation",
        population=(
            "Known customers of tickets that agents did not begin; those of two sources are two. "
            "One customer counts in each bucket and slice, so parts exceed the total."
        ),
        source="Common practice: unique requesters.",
        book=BOOK,
    ),
)

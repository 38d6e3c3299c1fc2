"""The shape of one audit: a row of the ticket event export, or of a ticket's own audit list.

The export flattens changes (`{"status": "open", "previous_value": "new"}`) and calls its parts
`child_events`; a ticket's audit list names them (`field_name`, `value`) and calls them `events`.
Both are read here, so that the rest need not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from deskpulse_connectors.raw import moment, need
from deskpulse_connectors.zendesk.values import instant

CUSTOM = "custom_ticket_fields"
ENVELOPE = frozenset(
    {
        "id",
        "via",
        "via_reference_id",
        "event_type",
        "previous_value",
        "created_at",
        "audit_id",
        "added_tags",
        "removed_tags",
    }
)
"""Keys of a flattened change that are not the field that changed."""

COMMENTS = frozenset({"Comment", "VoiceComment", "FacebookComment", "Tweet"})
CHANGES = frozenset({"Create", "Change"})
SCHEDULE = "ScheduleAssignment"
RATING = "SatisfactionRating"
OFFERED = frozenset({"SurveyOffered", "Survey offered"})
SUBMITTED = frozenset({"SurveyResponseSubmitted", "Survey response submitted"})
READ = COMMENTS | CHANGES | {SCHEDULE, RATING} | OFFERED | SUBMITTED
"""The event types that are read; the vendor adds others at any time and asks to ignore them."""

VendorChange = tuple[str, Any, Any]
"""A field in the vendor's words, its old and its new value."""


def children(audit: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The events of an audit, in the vendor's order."""
    found = audit.get("child_events") or audit.get("events") or ()
    return [child for child in found if isinstance(child, dict)]


def event_type(child: Mapping[str, Any]) -> str:
    """What kind of event this is; "" if the vendor does not say."""
    kind = child.get("event_type") or child.get("type")
    return kind if isinstance(kind, str) else ""


def when(audit: Mapping[str, Any]) -> datetime:
    """When the audit was written; every event of one audit shares it."""
    created = audit.get("created_at")
    if created is not None:
        return moment(created, f"audit {audit.get('id')}: created_at")
    return instant(need(audit, "timestamp", "audit"))


def vendor_changes(child: Mapping[str, Any]) -> Iterator[VendorChange]:
    """The fields that a Create or Change event sets; custom fields by their id as text."""
    old = child.get("previous_value")
    if child.get("field_name") is not None:
        yield str(child["field_name"]), old, child.get("value")
        return
    for name, value in child.items():
        if name in ENVELOPE:
            continue
        if name == CUSTOM and isinstance(value, dict):
            for field_id, new in value.items():
                yield str(field_id), old.get(field_id) if isinstance(old, dict) else old, new
        else:
            yield name, old, value


def unread_types(audits: Iterable[Any]) -> Counter[str]:
    """How many events of each type were ignored."""
    found: Counter[str] = Counter()
    for audit in audits:
        if isinstance(audit, dict):
            for child in children(audit):
                kind = event_type(child)
                if kind not in READ:
                    found[kind or "(none)"] += 1
    return found

"""An audit of the ticket event export as messages, changes, a survey, and merges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from deskpulse.records import Change, Message, Record, RoleChange, Tombstone
from deskpulse_connectors.raw import need, text_id
from deskpulse_connectors.zendesk.audits import (
    CHANGES,
    COMMENTS,
    SCHEDULE,
    children,
    event_type,
    vendor_changes,
    when,
)
from deskpulse_connectors.zendesk.surveys import EVENTS, SCORE, survey_in
from deskpulse_connectors.zendesk.tickets import Reading, scalar
from deskpulse_connectors.zendesk.values import MACHINES, actor_role, channel, status, via_channel

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "status": "status",
        "assignee_id": "assignee",
        "group_id": "team",
        "priority": "priority",
        "type": "kind",
        "ticket_type": "kind",
        "tags": "tags",
        "current_tags": "tags",
        "satisfaction_score": "rating",
    }
)
"""Zendesk's field by the name of ours. Custom fields are read where the settings name them."""

_SPAN = 2**40
_ROOM = 1000


class _Audit(NamedTuple):
    """What all records of one audit share; its changes are numbered from `seq` on."""

    id: Any
    ticket_id: Any
    written: datetime
    updater: Any
    channel: str | None
    seq: int

    def channel_of(self, child: Mapping[str, Any]) -> str | None:
        """A child says by itself how it came only where it differs from its audit."""
        return via_channel(child.get("via")) or self.channel


def to_events(raw: Any, reading: Reading) -> Iterator[Record]:
    """Everything one audit says; event types that are not known are ignored.

    Events of one audit share an instant, so `seq` orders them: by audit, then by place in it.
    """
    audit_id = need(raw, "id", "audit")
    audit = _Audit(
        id=audit_id,
        ticket_id=need(raw, "ticket_id", "audit"),
        written=when(raw),
        updater=raw.get("updater_id"),
        channel=via_channel(raw.get("via")),
        seq=_seq(audit_id),
    )
    surveyed = False
    for place, child in enumerate(children(raw)):
        kind = event_type(child)
        if kind in EVENTS or SCORE in child or child.get("field_name") == SCORE:
            surveyed = True
        if kind in COMMENTS:
            yield _message(audit, child)
        elif kind in CHANGES:
            yield from _changes(audit, child, place, reading)
        elif kind == SCHEDULE:
            old, new = child.get("previous_schedule_id"), child.get("new_schedule_id")
            yield _change(audit, child, place, ("schedule", text_id(old), text_id(new)))
    survey = survey_in(raw) if surveyed else None
    if survey is not None:
        yield survey
    for merged in raw.get("merged_ticket_ids") or ():
        yield Tombstone.read(
            {
                "id": merged,
                "record": "ticket",
                "reason": "merged",
                "gone_at": audit.written,
                "into": audit.ticket_id,
            }
        )


def _message(audit: _Audit, child: Mapping[str, Any]) -> Message:
    """A comment. Its `via` may be a bare string; without the sideload it has no text."""
    vendor_channel = audit.channel_of(child)
    author = child.get("author_id", audit.updater)
    return Message.read(
        {
            "id": need(child, "id", "comment"),
            "ticket_id": audit.ticket_id,
            "sent_at": child.get("created_at") or audit.written,
            "author_id": author,
            "author_role": actor_role(author, vendor_channel),
            "public": child.get("public", child.get("comment_public")),
            "channel": channel(vendor_channel),
            "auto": vendor_channel in MACHINES,
            "body": child.get("plain_body") or child.get("body"),
        }
    )


def _assigned(audit: _Audit, person: Any) -> RoleChange:
    """Who gets a ticket is an agent from then on, even if the account calls them end user today.

    Zendesk makes agents who leave end users and keeps no history of it: without this, whatever
    they answered before the first sync would count as a customer's words. The first such
    assignment is the one that is kept.
    """
    return RoleChange.read(
        {
            "id": f"{person}:assigned",
            "person_id": person,
            "role": "agent",
            "since": audit.written,
        }
    )


def _changes(
    audit: _Audit, child: Mapping[str, Any], place: int, reading: Reading
) -> Iterator[Change | RoleChange]:
    for vendor_field, old, new in vendor_changes(child):
        name = FIELDS.get(vendor_field) or reading.fields.get(vendor_field)
        if name == "status" and "deleted" in (old, new):
            continue
        if name == "rating" and not (_verdict(old) and _verdict(new)):
            continue  # offered, or answered for the first time: the survey itself says so
        if name is not None:
            yield _change(audit, child, place, (name, _text(name, old), _text(name, new)))
            if name == "assignee" and new:
                yield _assigned(audit, new)


def _verdict(score: Any) -> bool:
    """Good or bad, also with a comment."""
    return str(score).startswith(("good", "bad"))


def _change(
    audit: _Audit,
    child: Mapping[str, Any],
    place: int,
    change: tuple[str, str | None, str | None],
) -> Change:
    name, old, new = change
    return Change.read(
        {
            "id": f"{audit.id}-{child.get('id', place)}-{name}",
            "ticket_id": audit.ticket_id,
            "changed_at": audit.written,
            "seq": audit.seq + min(place, _ROOM - 1),
            "actor_id": audit.updater,
            "actor_role": actor_role(audit.updater, audit.channel_of(child)),
            "field": name,
            "old": old,
            "new": new,
        }
    )


def _seq(audit_id: Any) -> int:
    """The order within one instant: audits by id, then by place; small enough for a float."""
    whole = isinstance(audit_id, int) or str(audit_id).isdigit()
    number = int(audit_id) if whole else 0
    return (number % _SPAN) * _ROOM


def _text(name: str, value: Any) -> str | None:
    """A value as a Change holds it: text; tags joined by a space (they contain none)."""
    if value is None or value == "":
        return None
    if name == "status":
        return str(status(value))
    if name == "tags" and isinstance(value, list):
        return " ".join(str(tag) for tag in value)
    return str(scalar(value))

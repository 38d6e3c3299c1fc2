"""One transaction of a ticket as Message, Change, Worklog or Tombstone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deskpulse.records import Change, Message, Record, Tombstone, Worklog
from deskpulse_connectors.request_tracker.mail import channel_of, is_automatic
from deskpulse_connectors.request_tracker.values import (
    DELETED,
    SYSTEM,
    Reading,
    instant,
    moment,
    need,
    text_of,
)

FIELDS = "Type,Field,OldValue,NewValue,Creator,Created,ObjectId,TimeTaken"

MESSAGES = frozenset({"Create", "Correspond", "Comment"})
OWNER = frozenset({"Set", "Take", "Untake", "Steal", "Give", "Force"})
"""Types that say in `Field` that the owner changed; before RT 5 each way had a type of its own.

RT 5 writes each of them twice: as `Set`, and as `SetWatcher`, which is not read.
"""

MAIL, TEXT, NOBODY_ID, FIELD_NAME = "mail", "text", "nobody", "field_name"
"""Keys under which a row is completed: a message's headers and text, the id of Nobody, and the
name of a custom field."""

_TICKET = re.compile(r"/ticket/(\d+)$")

Values = tuple[str | None, str | None]


def to_history(raw: Mapping[str, Any], reading: Reading) -> Iterator[Record]:
    """What happened, in our words; nothing for what is only noise."""
    kind = need(raw, "Type", "transaction")
    if kind in MESSAGES and (kind != "Create" or raw.get(MAIL) is not None):
        yield _message(raw, kind)
    elif kind == "Status":
        yield from _status(raw, reading)
    elif kind == "AddLink":
        yield from _merge(raw)
    else:
        yield from _change(raw, kind, reading)
    minutes = _minutes(raw)
    if minutes:
        yield Worklog.read(
            {
                "id": _id(raw),
                "ticket_id": _ticket(raw),
                "agent_id": _actor(raw)["actor_id"],
                "started_at": _when(raw),
                "spent_s": minutes * 60.0,
                "kind": kind,
            }
        )


def _message(raw: Mapping[str, Any], kind: str) -> Message:
    actor = _actor(raw)
    headers = raw.get(MAIL)
    return Message.read(
        {
            "id": _id(raw),
            "ticket_id": _ticket(raw),
            "sent_at": _when(raw),
            "author_id": actor["actor_id"],
            "author_role": actor["actor_role"],
            "public": kind != "Comment",
            "channel": channel_of(headers)["channel"],
            "auto": is_automatic(headers),
            "body": raw.get(TEXT),
        }
    )


def _status(raw: Mapping[str, Any], reading: Reading) -> Iterator[Record]:
    old, new = _values(raw)
    if new == DELETED:
        yield Tombstone.read(
            {
                "id": _ticket(raw),
                "record": "ticket",
                "reason": "deleted",
                "gone_at": _when(raw),
            }
        )
        return
    before = None if old in (None, DELETED) else reading.status(old)
    after = reading.status(new)
    if before != after:
        yield _changed(raw, "status", (before, after))


def _merge(raw: Mapping[str, Any]) -> Iterator[Record]:
    """The ticket that is gone says where it went; the surviving one only repeats its own name."""
    found = _TICKET.search(str(need(raw, "NewValue", "transaction")))
    if found is None or found[1] == _ticket(raw):
        return
    yield Tombstone.read(
        {
            "id": _ticket(raw),
            "record": "ticket",
            "reason": "merged",
            "gone_at": _when(raw),
            "into": found[1],
        }
    )


def _change(raw: Mapping[str, Any], kind: str, reading: Reading) -> Iterator[Record]:
    field, (old, new) = need(raw, "Field", "transaction"), _values(raw)
    if kind == "CustomField":
        name = reading.fields.get(str(raw.get(FIELD_NAME)))
        if name is not None:
            yield _changed(raw, name, (old, new))
    elif field == "Owner" and kind in OWNER:
        nobody = (None, str(need(raw, NOBODY_ID, "transaction")))
        held = tuple(None if each in nobody else each for each in (old, new))
        yield _changed(raw, "assignee", (held[0], held[1]))
    elif kind == "Set" and field == "Queue":
        yield _changed(raw, "team", (old, new))
    elif kind == "Set" and field == "Priority":
        before, after = reading.priority(old or 0), reading.priority(new or 0)
        if before != after:
            yield _changed(raw, "priority", (before, after))
    elif kind == "Set" and field == "Due":
        due = [instant(each, f"transaction {_id(raw)}: Due") for each in (old, new)]
        texts = [None if each is None else each.isoformat() for each in due]
        yield _changed(raw, "due_at", (texts[0], texts[1]))
    elif kind == "Set" and field == "SLA":
        yield _changed(raw, "sla", (old, new))


def _changed(raw: Mapping[str, Any], field: str, values: Values) -> Change:
    return Change.read(
        {
            "id": _id(raw),
            "ticket_id": _ticket(raw),
            "changed_at": _when(raw),
            **_actor(raw),
            "field": field,
            "old": values[0],
            "new": values[1],
        }
    )


def _minutes(raw: Mapping[str, Any]) -> int:
    """Minutes logged with this; less than none if somebody corrected the sum downwards."""
    if raw["Type"] == "Set" and raw.get("Field") == "TimeWorked":
        old, new = _values(raw)
        return int(new or 0) - int(old or 0)
    return int(need(raw, "TimeTaken", "transaction") or 0)


def _id(raw: Mapping[str, Any]) -> str:
    return str(need(raw, "id", "transaction"))


def _ticket(raw: Mapping[str, Any]) -> str:
    return str(need(raw, "ObjectId", "transaction"))


def _when(raw: Mapping[str, Any]) -> Any:
    return moment(need(raw, "Created", "transaction"), f"transaction {_id(raw)}: Created")


def _values(raw: Mapping[str, Any]) -> Values:
    old, new = need(raw, "OldValue", "transaction"), need(raw, "NewValue", "transaction")
    return text_of(old), text_of(new)


def _actor(raw: Mapping[str, Any]) -> dict[str, str | None]:
    creator = need(raw, "Creator", "transaction")
    if creator.get("Name") == SYSTEM:
        return {"actor_id": None, "actor_role": "system"}
    return {"actor_id": str(need(creator, "id", "user")), "actor_role": None}

"""What is too old to be kept: of some kinds the whole record goes, of others what people wrote.

Whatever the facts of a ticket are made of stays with the ticket, so that its numbers never change
for the age of its messages: of those only the words go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from deskpulse.privacy.fields import FACTUAL
from deskpulse.records import Record

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Age:
    """How the age of a kind is told: by the first of these instants that is known.

    `words` are the fields that go; without any, the whole record does.
    """

    instants: tuple[str, ...]
    words: tuple[str, ...] = ()


AGES: Mapping[str, Age] = MappingProxyType(
    {
        "ticket": Age(("updated_at", "created_at")),
        "message": Age(("sent_at",), ("subject", "body")),
        "change": Age(("changed_at",), ("old", "new")),
        "survey": Age(("answered_at", "sent_at"), ("comment",)),
        "customer": Age(("created_at",), ("name", "email", "custom")),
        "interaction": Age(("ended_at", "answered_at", "queued_at")),
        "worklog": Age(("started_at",)),
        "order": Age(("updated_at", "placed_at")),
        "subscription": Age(("ended_at",)),
        "usage": Age(("day",)),
        "measurement": Age(("day",)),
    }
)
"""Kinds that grow old. Of customers it is their last ticket, order, call or answer that counts."""

DONE = frozenset({"solved", "closed"})
"""Only a ticket that is done grows old."""


def without_the_old(
    records: Sequence[Record], retention: Mapping[str, timedelta], now: datetime
) -> list[Record]:
    """The records that are young enough; without what people wrote where only that is too old."""
    kept = []
    for record in records:
        kind = record.kind_name
        if kind not in retention or kind == "customer" or not _old(record, now - retention[kind]):
            kept.append(record)
        elif AGES[kind].words:
            kept.append(_wordless(record))
    return kept


def _old(record: Record, limit: datetime) -> bool:
    values = record.__dict__
    if record.kind_name == "ticket" and values["status"] not in DONE:
        return False
    known = (values[name] for name in AGES[record.kind_name].instants)
    instant: Any = next((each for each in known if each is not None), None)
    if isinstance(instant, date) and not isinstance(instant, datetime):
        instant = datetime.combine(instant, time(), UTC)
    return instant is not None and bool(instant < limit)


def _wordless(record: Record) -> Record:
    values = record.__dict__
    if record.kind_name == "change" and values["field"] in FACTUAL:
        return record
    gone = {name: None for name in AGES[record.kind_name].words if values[name] is not None}
    return record.model_copy(update=gone) if gone else record

"""The history of a ticket's status, as far as the ticket itself tells it.

Freshdesk's `stats` keep one instant of each kind, so what lies between two readings may be missed:
these changes are marked as observed. Reading often makes the history whole, because what was read
stays. The export of activities tells every change; one that it names at the same second has the
same id and takes the place of the observed one, so that facts say which of the two they rest on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from deskpulse.records import Change, VendorMetric
from deskpulse_connectors.freshdesk.values import instant_of
from deskpulse_connectors.raw import mapping

FIRST = "open"
"""New tickets are open, unless who creates one says otherwise."""

NOTE = "from Freshdesk's stats"


def change_id(ticket_id: Any, field: str, at: datetime) -> str:
    """The id of a change, the same whoever reports it."""
    return f"{ticket_id}:{field}:{int(at.timestamp())}"


def to_changes(ticket: Mapping[str, Any], status: str, *, whole: bool = False) -> Iterator[Change]:
    """The changes of status that `stats` tell, oldest first; `status` is the present one, as ours.

    `whole`: the export tells the rest, so nothing needs to be inferred from a reopening.
    Without `status_updated_at` there are none: core then notes what differs from the last reading.
    """
    stats = mapping(ticket.get("stats"))
    present, created = instant_of(stats, "status_updated_at"), instant_of(ticket, "created_at")
    if present is None or created is None:
        return
    told = {
        instant_of(stats, "pending_since"): "pending",
        instant_of(stats, "resolved_at"): "solved",
        instant_of(stats, "closed_at"): "closed",
        present: status,
    }
    course = sorted((at, new) for at, new in told.items() if at is not None and created <= at)
    olds = [None if course and course[0][0] == created else FIRST, *(new for _, new in course)]
    for old, (at, new) in zip(olds, course, strict=False):
        yield _change(ticket, at, old, new)
    reopened = instant_of(stats, "reopened_at")
    if reopened is not None and not whole:
        # In which status it was then another reading may know; that one comes after this.
        inferred = _change(ticket, reopened, None, FIRST)
        ident = change_id(ticket["id"], "reopened", reopened)
        yield inferred.model_copy(update={"id": ident, "seq": -1})


def _change(ticket: Mapping[str, Any], at: datetime, old: str | None, new: str) -> Change:
    return Change.read(
        {
            "id": change_id(ticket["id"], "status", at),
            "ticket_id": str(ticket["id"]),
            "changed_at": at,
            "field": "status",
            "old": old,
            "new": new,
            "observed": True,
        }
    )


def to_metrics(ticket: Mapping[str, Any]) -> Iterator[VendorMetric]:
    """First reply and last resolution since creation, in calendar seconds, to compare with ours."""
    stats, created = mapping(ticket.get("stats")), instant_of(ticket, "created_at")
    if created is None:
        return
    named = {"first_reply_s": "first_responded_at", "full_resolution_s": "resolved_at"}
    for metric, key in named.items():
        at = instant_of(stats, key)
        if at is not None:
            yield VendorMetric.read(
                {
                    "id": f"{ticket['id']}-{metric}",
                    "ticket_id": str(ticket["id"]),
                    "metric": metric,
                    "value_s": (at - created).total_seconds(),
                    "note": NOTE,
                }
            )

"""Observed history: what changed between two pulls, where the vendor keeps no history."""

from __future__ import annotations

from collections.abc import Collection

from deskpulse.clock import from_micros, to_micros
from deskpulse.records import Change
from deskpulse.records.base import EARLIEST, LATEST
from deskpulse.store.delta import Delta

FIELDS = {
    "status": "status",
    "assignee_id": "assignee",
    "team_id": "team",
    "priority": "priority",
    "reason": "reason",
    "kind": "kind",
    "tags": "tags",
    "schedule_id": "schedule",
}
"""Ticket columns that are watched, and what the change of each is called."""

_FIRST, _LAST = to_micros(EARLIEST), to_micros(LATEST)


def observe(tickets: Delta, now: int, told: Collection[tuple[str, str]] = ()) -> list[Change]:
    """A Change for every watched column that differs, at the ticket's updated_at (or `now`).

    `told`: (ticket id, name) of changes that the page itself tells, at an instant of their own.
    """
    changes = []
    for before, after in tickets.named():
        if before is None:
            continue
        moment = after["updated_at"]
        if moment is None or not _FIRST <= moment < _LAST:
            moment = now  # the vendor does not say, or it says 9999-12-31
        for seq, (column, name) in enumerate(FIELDS.items()):
            if before[column] != after[column] and (after["id"], name) not in told:
                changes.append(
                    Change(
                        id=f"observed:{after['id']}:{name}:{moment}",
                        ticket_id=after["id"],
                        changed_at=from_micros(moment),
                        seq=seq,
                        field=name,
                        old=before[column],
                        new=after[column],
                        observed=True,
                    )
                )
    return changes

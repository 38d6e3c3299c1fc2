"""One ticket: the vendor's object, and what its metric set is computed from."""

from __future__ import annotations

from typing import Any

import orjson

from deskpulse_connectors.simulators.hours import Hours, iso
from deskpulse_connectors.simulators.zendesk import ids
from deskpulse_connectors.simulators.zendesk.people import API


class Ticket:
    """A ticket's present (`data`, the vendor's JSON) and its course.

    A ticket that nobody touches for long is packed: its JSON text is kept, the dict is not.
    """

    __slots__ = (
        "_data",
        "_row",
        "assigned",
        "comments",
        "created",
        "deleted",
        "generated",
        "id",
        "last_comment",
        "last_status",
        "merged_into",
        "positions",
        "replies",
        "stages",
        "stations",
        "updated",
    )

    def __init__(self, data: dict[str, Any], at: int) -> None:
        self.id: int = data["id"]
        self.created = self.updated = self.generated = at
        self.deleted: int | None = None
        self.last_status: str = data["status"]
        self.merged_into: int | None = None
        self.positions: list[int] = []
        self.stages: list[tuple[int, str]] = [(at, data["status"])]
        self.stations = [1 if data["group_id"] else 0, 1 if data["assignee_id"] else 0]
        self.assigned: list[int] = [at] if data["assignee_id"] else []
        self.replies: list[int] = []
        self.comments = 0
        self.last_comment = at
        self._data: dict[str, Any] | None = data
        self._row: bytes | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The vendor's object. Call `touched` after changing it."""
        if self._data is None:
            assert self._row is not None
            self._data = orjson.loads(self._row)
        return self._data

    def touched(self, at: int, *, by_event: bool = True) -> None:
        """Note a change at `at`; a change by the system leaves `updated_at` alone."""
        data = self.data
        self.generated = data["generated_timestamp"] = at
        if by_event:
            self.updated = at
            data["updated_at"] = iso(at)
        self._row = None

    def row(self) -> bytes:
        """The object as JSON text."""
        if self._row is None:
            # a copy, because orjson's own bytes keep a buffer of many times their length
            self._row = memoryview(orjson.dumps(self.data)).tobytes()
        return self._row

    def pack(self) -> None:
        """Keep only the text."""
        self.row()
        self._data = None

    def note(self, at: int, field: str, value: Any) -> None:
        """Record a change of field for the metrics."""
        if field == "status":
            self.stages.append((at, value))
        elif field == "group_id":
            self.stations[0] += 1
        elif field == "assignee_id" and value:
            self.stations[1] += 1
            self.assigned.append(at)

    def metric_set(self, hours: Hours) -> dict[str, Any] | None:
        """The vendor's metrics; null once the ticket is deleted."""
        if self.deleted is not None:
            return None
        solved = [at for at, status in self.stages if status in ("solved", "closed")]
        reopened = sum(
            1
            for (_, before), (_, now) in zip(self.stages, self.stages[1:], strict=False)
            if before == "solved" and now not in ("solved", "closed")
        )

        def minutes(*spans: tuple[int, int]) -> dict[str, Any]:
            return {
                "calendar": sum(end - begin for begin, end in spans) // 60,
                "business": sum(hours.open_seconds(begin, end) for begin, end in spans) // 60,
            }

        def spent(*statuses: str) -> dict[str, Any]:
            if len(self.stages) < 2:  # nothing until a second event, and never live
                return {"calendar": None, "business": None}
            return minutes(
                *(
                    (begin, end)
                    for (begin, status), (end, _) in zip(self.stages, self.stages[1:], strict=False)
                    if status in statuses
                )
            )

        def since_creation(instants: list[int], pick: int) -> dict[str, Any]:
            if not instants:
                return {"calendar": None, "business": None}
            return minutes((self.created, instants[pick]))

        def stamp(instants: list[int], pick: int) -> str | None:
            return iso(instants[pick]) if instants else None

        final = self.stages[-1][1] in ("solved", "closed")
        last_solved = [at for at, status in self.stages if status == "solved"]
        return {
            "url": f"{API}/ticket_metrics/{self.id + 500_000_000}.json",
            "id": self.id + 500_000_000,
            "ticket_id": self.id,
            "created_at": iso(self.created),
            "updated_at": iso(self.generated),
            "group_stations": self.stations[0],
            "assignee_stations": self.stations[1],
            "reopens": reopened,
            "replies": len(self.replies),
            "assignee_updated_at": iso(self.updated) if self.assigned else None,
            "requester_updated_at": iso(self.created),
            "status_updated_at": iso(self.stages[-1][0]),
            "custom_status_updated_at": iso(self.stages[-1][0]),
            "initially_assigned_at": stamp(self.assigned, 0),
            "assigned_at": stamp(self.assigned, -1),
            "solved_at": stamp(last_solved if final else [], -1),
            "latest_comment_added_at": iso(self.last_comment),
            "reply_time_in_minutes": since_creation(self.replies, 0),
            "first_resolution_time_in_minutes": since_creation(solved, 0),
            "full_resolution_time_in_minutes": since_creation(
                (last_solved or solved) if final else [], -1
            ),
            "agent_wait_time_in_minutes": spent("pending"),
            "requester_wait_time_in_minutes": spent("new", "open", "hold"),
            "on_hold_time_in_minutes": spent("hold"),
        }


def new_ticket(
    ident: int,
    at: int,
    *,
    subject: str,
    description: str,
    requester: dict[str, Any],
    submitter_id: int,
    via: dict[str, Any],
    kind: str | None,
    tags: list[str],
    custom: dict[int, Any],
) -> dict[str, Any]:
    """The vendor's object of a ticket that was just created: new, unassigned."""
    custom_fields = [{"id": field, "value": value} for field, value in custom.items()]
    email = via["channel"] == "email"
    return {
        "url": f"{API}/tickets/{ident}.json",
        "id": ident,
        "external_id": None,
        "via": via,
        "created_at": iso(at),
        "updated_at": iso(at),
        "generated_timestamp": at,
        "type": kind,
        "subject": subject,
        "raw_subject": subject,
        "description": description,
        "priority": None,
        "status": "new",
        "recipient": "support@desk.example" if email else None,
        "requester_id": requester["id"],
        "submitter_id": submitter_id,
        "assignee_id": None,
        "organization_id": requester["organization_id"],
        "group_id": None,
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": tags,
        "custom_fields": custom_fields,
        "satisfaction_rating": {"score": "unoffered"},
        "sharing_agreement_ids": [],
        "custom_status_id": ids.CUSTOM_STATUS["new"],
        "encoded_id": f"{ident % 46_656:05X}-{ident % 9_999:04d}",
        "fields": custom_fields,
        "followup_ids": [],
        "ticket_form_id": ids.FORM,
        "brand_id": ids.BRAND,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": via["channel"] == "native_messaging",
    }

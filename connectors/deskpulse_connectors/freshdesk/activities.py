"""The daily export of ticket activities: every change there was, where the plan has it.

Freshdesk writes one file a day and keeps it for thirty. The list of a day names a signed link to
another host (airbyte's source-freshdesk and Freshdesk's own constants name both).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from deskpulse.connector import Page
from deskpulse.errors import (
    AuthRejected,
    CursorExpired,
    RecordRejected,
    RequestRefused,
    SourceChanged,
    StreamForbidden,
)
from deskpulse.records import Change
from deskpulse_connectors.freshdesk.history import change_id
from deskpulse_connectors.freshdesk.lists import rows_of
from deskpulse_connectors.freshdesk.statuses import NUMBER
from deskpulse_connectors.freshdesk.values import KNOWN_LABELS, PRIORITIES, status
from deskpulse_connectors.raw import mapping, need

KEPT = timedelta(days=30)
LATE = timedelta(days=2)
"""For so long after its day a file that is not there may still come."""

NTH = "deskpulse_nth"
"""Key under which a row says, for each field, the how manieth of its ticket's second it is."""

NOT_ENABLED = (
    "The export of ticket activities needs an admin's API key and has to be switched on in "
    "Freshdesk (Admin, Account exports); or set `activities = false`."
)

log = logging.getLogger("deskpulse.freshdesk")


@dataclass(frozen=True, slots=True)
class Export:
    """How files are had: `day` lists one, `fetch` follows its link, `sign_in` proves the key."""

    day: Callable[[str], Any]
    fetch: Callable[[str], Any]
    sign_in: Callable[[], Any]

    def pages(self, cursor: str | None, start: date, now: datetime) -> Iterator[Page]:
        """A page a day, from the cursor (the next day to read) up to yesterday."""
        today = now.astimezone(UTC).date()
        at = max(_day_of(cursor) if cursor else start, today - KEPT)
        while at < today:
            rows = self._rows(at)
            following = at + timedelta(days=1)
            if rows is None and following > today - LATE:
                return  # not written yet; the next run asks again
            cursor = following.isoformat()
            yield Page(_numbered(rows or []), cursor)
            at = following

    def _rows(self, at: date) -> list[Any] | None:
        """The activities of a day; None where there is no file."""
        try:
            body = self._listed(at)
            if isinstance(body, Mapping) and "activities_data" in body:
                return _activities(body, at)
            link = _link(body)
            return None if link is None else self._file(link, at)
        except RequestRefused as problem:
            if problem.status != 404:
                raise
            return None

    def _listed(self, at: date) -> Any:
        try:
            return self.day(at.isoformat())
        except AuthRejected as problem:
            self.sign_in()  # raises the same if it is the key
            raise StreamForbidden(problem.message, hint=NOT_ENABLED, status=401) from None
        except StreamForbidden as problem:
            raise StreamForbidden(problem.message, hint=NOT_ENABLED, status=403) from None

    def _file(self, link: str, at: date) -> list[Any] | None:
        try:
            body = self.fetch(link)
        except StreamForbidden as problem:
            log.warning("the link to the activities of %s is refused: %s", at, problem.message)
            return None
        return _activities(body, at)


def _activities(body: Any, at: date) -> list[Any]:
    """The rows of a file, as many as it says it holds."""
    if not isinstance(body, Mapping) or "activities_data" not in body:
        raise SourceChanged("ticket_activities: the file has no activities_data")
    rows = rows_of(body["activities_data"], "ticket_activities", "ticket_id")
    count = mapping(body.get("metadata")).get("activities_count")
    if isinstance(count, int) and count != len(rows):
        raise SourceChanged(
            f"ticket_activities: the file of {at} says it holds {count} activities, "
            f"{len(rows)} arrived"
        )
    return rows


def to_change(raw: Any, statuses: Mapping[str, str]) -> Iterator[Change]:
    """The changes of one activity. Agents and groups count where they are told by their id."""
    at = _performed(need(raw, "performed_at", "activity"))
    ticket_id = need(raw, "ticket_id", "activity")
    if ticket_id is None:
        raise RecordRejected("activity: ticket_id is null")
    by_user = raw.get("performer_type") == "user"
    activity = mapping(need(raw, "activity", "activity"))
    for key, field, new in _changed(activity, raw, statuses):
        nth = mapping(raw.get(NTH)).get(key, 0)
        ident = change_id(ticket_id, field, at)
        yield Change.read(
            {
                "id": f"{ident}:{nth}" if nth else ident,
                "ticket_id": ticket_id,
                "changed_at": at,
                "seq": nth,
                "actor_id": raw.get("performer_id") if by_user else None,
                "actor_role": None if by_user else "system",
                "field": field,
                "new": new,
            }
        )


def _changed(
    activity: Mapping[str, Any], raw: Mapping[str, Any], statuses: Mapping[str, str]
) -> Iterator[tuple[str, str, Any]]:
    """The vendor's name of each field that is read, ours, and its new value."""
    named = activity.get("status")
    if named is not None:
        yield "status", "status", _status(named, raw.get(NUMBER), statuses)
    if activity.get("priority") in PRIORITIES:
        yield "priority", "priority", PRIORITIES[activity["priority"]]
    for key, field in (("agent", "assignee"), ("group", "team")):
        value = activity.get(key)
        if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
            yield key, field, value


def _status(named: Any, number: Any, statuses: Mapping[str, str]) -> str:
    """A status is named by its label; where labels were changed, its number is known beside it."""
    label = str(named)
    if number is None and label.lower() in KNOWN_LABELS:
        return KNOWN_LABELS[label.lower()]
    return status(label if number is None else number, statuses, "activity", label)


def _performed(value: Any) -> datetime:
    try:
        return datetime.strptime(value, "%d-%m-%Y %H:%M:%S %z").astimezone(UTC)
    except (TypeError, ValueError):
        raise RecordRejected(
            f"activity: performed_at is {value!r}; allowed: DD-MM-YYYY HH:MM:SS +0000"
        ) from None


def _link(body: Any) -> str | None:
    """The link to a day's file; None where there is no file. SourceChanged for another shape."""
    if not isinstance(body, Mapping) or "export" not in body:
        raise SourceChanged("ticket_activities: the answer has no export")
    listed = body["export"]
    if listed in ([], {}):
        return None
    found = listed[0] if isinstance(listed, list) else listed
    link = mapping(found).get("url")
    if not isinstance(link, str):
        raise SourceChanged("ticket_activities: the export has no url")
    return link


def _numbered(rows: list[Any]) -> list[Any]:
    """Rows that set a field anew within one second of a ticket are told apart: they have no ids."""
    met: Counter[tuple[Any, Any, str]] = Counter()
    numbered = []
    for row in rows:
        place = (mapping(row).get("ticket_id"), mapping(row).get("performed_at"))
        nth = {}
        for key in mapping(mapping(row).get("activity")):
            if met[*place, key]:
                nth[key] = met[*place, key]
            met[*place, key] += 1
        numbered.append({**row, NTH: nth} if nth else row)
    return numbered


def _day_of(cursor: str) -> date:
    try:
        return date.fromisoformat(cursor)
    except ValueError:
        raise CursorExpired(f"{cursor[:80]!r} is not the cursor of the activities") from None

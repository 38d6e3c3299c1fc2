"""What an account calls its statuses: asked for once, and only when one has no known meaning."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deskpulse.errors import RequestRefused, StreamForbidden
from deskpulse_connectors.freshdesk.lists import rows_of
from deskpulse_connectors.freshdesk.values import KNOWN_LABELS, STATUSES
from deskpulse_connectors.raw import mapping

LABEL = "deskpulse_status_label"
"""Key under which a ticket carries what the account calls its status, where that is needed."""

NUMBER = "deskpulse_status_number"
"""Key under which an activity carries the number of the status that it names."""

log = logging.getLogger("deskpulse.freshdesk")


class StatusNames:
    """The account's own statuses. `known` are the numbers that the settings give a meaning."""

    def __init__(self, ask: Callable[[], Any], known: Mapping[str, str]) -> None:
        self._ask = ask
        self._known = known
        self._labels: Mapping[str, str] | None = None

    def on_tickets(self, rows: Sequence[Any]) -> list[Any]:
        """The tickets; those in a status without a meaning with what it is called."""
        return [self._labelled(row) if self._is_unknown(row) else row for row in rows]

    def on_activities(self, rows: Sequence[Any]) -> list[Any]:
        """The activities; those that name a status that may have been renamed with its number."""
        return [self._numbered(row) for row in rows]

    def _is_unknown(self, row: Any) -> bool:
        number = str(mapping(row).get("status"))
        return "status" in mapping(row) and number not in STATUSES and number not in self._known

    def _labelled(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        label = self._choices().get(str(row["status"]))
        return row if label is None else {**row, LABEL: label}

    def _numbered(self, row: Any) -> Any:
        named = mapping(mapping(row).get("activity")).get("status")
        if not isinstance(named, str) or named.lower() in KNOWN_LABELS:
            return row
        numbers = {label.lower(): number for number, label in self._choices().items()}
        number = numbers.get(named.lower())
        return row if number is None else {**row, NUMBER: number}

    def _choices(self) -> Mapping[str, str]:
        """Label by number; empty where the owner of the key may not read the ticket fields."""
        if self._labels is None:
            try:
                fields = rows_of(self._ask(), "ticket_fields", "name")
            except (StreamForbidden, RequestRefused) as problem:
                log.info("the names of statuses cannot be read: %s", problem.message)
                fields = []
            self._labels = {
                str(number): str(label[0] if isinstance(label, list) and label else label)
                for field in fields
                if mapping(field).get("name") == "status"
                for number, label in mapping(field.get("choices")).items()
            }
        return self._labels

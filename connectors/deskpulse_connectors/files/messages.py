"""Makes messages of the rows of an event log that are replies or notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from deskpulse.records import Message
from deskpulse_connectors.files.mapping import is_missing, place
from deskpulse_connectors.files.settings import Messages
from deskpulse_connectors.files.values import text_of


class MessageRows:
    """The rules of `messages` for rows with the columns `used`."""

    def __init__(self, rules: Messages, used: Sequence[str], missing: frozenset[str]) -> None:
        self._rules = rules.values
        self._column = place(used, rules.column)
        texts = {"author_id": rules.author_id, "body": rules.body}
        self._texts = [(field, place(used, name)) for field, name in texts.items() if name]
        self._missing = missing

    def message(
        self, identity: str, case: str, at: datetime, cells: Sequence[Any]
    ) -> Message | None:
        """The message of a row, None if it is none. Raises `RecordRejected`."""
        rule = self._rules.get(text_of(cells[self._column]))
        if rule is None:
            return None
        fields: dict[str, Any] = rule.model_dump(exclude_none=True)
        for field, place_ in self._texts:
            if not is_missing(cells[place_], self._missing):
                fields[field] = text_of(cells[place_])
        return Message.read({"id": identity, "ticket_id": case, "sent_at": at, **fields})

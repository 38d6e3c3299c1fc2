"""The names of custom fields: a change names the field by its id only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deskpulse.errors import RequestRefused, SourceChanged, SourceError, StreamForbidden
from deskpulse_connectors.request_tracker.config import API
from deskpulse_connectors.request_tracker.directory import GONE, Gather


class FieldNames:
    """Asks for each custom field once in a pull; one that cannot be read has no name."""

    def __init__(self, gather: Gather) -> None:
        self._gather = gather
        self._names: dict[str, str | None] = {}

    def learn(self, idents: Iterable[str]) -> None:
        """Look up those of these custom fields that are not known yet."""
        fresh = [ident for ident in dict.fromkeys(idents) if ident not in self._names]
        calls: list[tuple[str, dict[str, Any]]] = [(f"{API}/customfield/{i}", {}) for i in fresh]
        for ident, answer in zip(fresh, self._gather(calls), strict=True):
            self._names[ident] = _name(answer)

    def of(self, ident: str) -> str | None:
        """The name of a custom field that was looked up."""
        return self._names.get(ident)


def _name(answer: Any) -> str | None:
    if isinstance(answer, RequestRefused | StreamForbidden):
        refusal: SourceError = answer
        if refusal.status not in GONE:
            raise refusal
        return None
    if not isinstance(answer, Mapping) or not isinstance(answer.get("Name"), str):
        raise SourceChanged(f"{API}/customfield/... does not say its Name")
    return str(answer["Name"])

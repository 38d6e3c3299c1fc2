"""Who the people in rows are: a row names a user, but not whether they work here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from deskpulse.errors import RequestRefused, SourceChanged, SourceError, StreamForbidden
from deskpulse_connectors.request_tracker.asking import Ask
from deskpulse_connectors.request_tracker.config import API
from deskpulse_connectors.request_tracker.people import users_in
from deskpulse_connectors.request_tracker.values import NOBODY

REMEMBERED = 50_000
"""People who are not asked for again during a pull: about 5 MB."""

GONE = frozenset({403, 404, 410})
"""Statuses of a user who cannot be read: shredded, or not for us."""

Gather = Callable[[Iterable[tuple[str, dict[str, Any]]]], Iterator[Any]]


class Directory:
    """Looks up each person once in a pull. `missing` counts those who cannot be read.

    RT tells whether a user is privileged only on the user's own page. That page needs no right
    but to work in RT; the lists of users and of group members need rights to change them.
    """

    def __init__(self, ask: Ask, gather: Gather) -> None:
        self._ask = ask
        self._gather = gather
        self._known: OrderedDict[str, None] = OrderedDict()
        self._nobody: str | None = None
        self.missing = 0

    def newcomers(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The users named in these rows for the first time, with `Privileged`."""
        named: dict[str, Mapping[str, Any]] = {}
        for row in rows:
            for user in users_in(row):
                named.setdefault(str(user["id"]), user)
        fresh = {ident: user for ident, user in named.items() if ident not in self._known}
        calls: list[tuple[str, dict[str, Any]]] = [(f"{API}/user/{ident}", {}) for ident in fresh]
        found = []
        for user, answer in zip(fresh.values(), self._gather(calls), strict=True):
            privileged = self._privileged(answer)
            if privileged is not None:
                found.append({**user, "Privileged": privileged})
        for ident in named:
            self._known[ident] = None
            self._known.move_to_end(ident)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def nobody(self) -> str:
        """The id of the user who owns what nobody owns; it differs between installations."""
        if self._nobody is None:
            path = f"{API}/user/{NOBODY}"
            answer = self._ask(path)
            links = answer.get("_hyperlinks") if isinstance(answer, Mapping) else None
            own = [
                link["id"]
                for link in (links if isinstance(links, list) else ())
                if isinstance(link, Mapping) and link.get("ref") == "self" and "id" in link
            ]
            if not own:
                raise SourceChanged(f"{path} does not name its own id in _hyperlinks")
            self._nobody = str(own[0])
        return self._nobody

    def _privileged(self, answer: Any) -> Any:
        if isinstance(answer, RequestRefused | StreamForbidden):
            refusal: SourceError = answer
            if refusal.status not in GONE:
                raise refusal
            self.missing += 1
            return None
        if not isinstance(answer, Mapping) or str(answer.get("Privileged")) not in ("0", "1"):
            raise SourceChanged(f"{API}/user/... does not say whether the user is Privileged")
        return answer["Privileged"]

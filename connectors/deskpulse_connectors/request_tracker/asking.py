"""One page of a REST2 collection, and what must be true of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deskpulse.errors import SourceChanged
from deskpulse_connectors.request_tracker.config import API
from deskpulse_connectors.request_tracker.people import KNOWN

Ask = Callable[..., Any]
"""`Connector.get`."""

EXPANDED: Mapping[str, str] = {
    "fields[Queue]": "Name",
    "fields[Owner]": KNOWN,
    "fields[Creator]": KNOWN,
    "fields[Requestor]": KNOWN,
}
"""What is asked of the objects that a row names; without it users come by name, not by id."""


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one page. `total` is None where the user may not see everything."""

    rows: list[dict[str, Any]]
    total: int | None

    def is_last(self, size: int) -> bool | None:
        """Whether nothing follows a page of up to `size` rows; None: that cannot be told.

        Only for queries that begin after the last row seen, so that `total` is what is left.
        """
        return None if self.total is None else self.total <= size


def find(ask: Ask, kind: str, *, size: int, fields: str, **params: Any) -> Found:
    """Search a collection such as "tickets". SourceChanged if the answer has another shape."""
    path = f"{API}/{kind}"
    body = ask(path, per_page=size, fields=fields, **params)
    return read(body, path, size)


def read(body: Any, path: str, size: int) -> Found:
    """The rows of an answer; SourceChanged naming what is not as it should be.

    RT cuts `per_page` silently at 100 and says so only in the answer.
    """
    if not isinstance(body, Mapping):
        raise SourceChanged(f"{path} answered {type(body).__name__}; an object was expected")
    missing = [key for key in ("items", "count", "per_page", "total") if key not in body]
    if missing:
        raise SourceChanged(f"{path} answered without {missing[0]!r}")
    rows, total = body["items"], body["total"]
    if not isinstance(rows, list) or body["count"] != len(rows):
        raise SourceChanged(f"{path}: the count does not fit the items")
    if body["per_page"] != size:
        raise SourceChanged(
            f"{path} sends {body['per_page']!r} rows a page where {size} were asked for"
        )
    if not (total is None or isinstance(total, int)):
        raise SourceChanged(f"{path}: total is {total!r}; a number or null was expected")
    if any(not isinstance(row, dict) or not _is_number(row.get("id")) for row in rows):
        raise SourceChanged(f"{path}: an item has no id")
    return Found(rows, total)


def _is_number(value: Any) -> bool:
    return str(value).isascii() and str(value).isdigit()


def number(row: Mapping[str, Any]) -> int:
    """A row's id, by which REST2 rows are ordered and cursors count."""
    return int(row["id"])


def any_of(column: str, values: Iterable[str] | Iterable[int]) -> str:
    """`column = a OR column = b`, as TicketSQL and TransactionSQL read it."""
    return "(" + " OR ".join(f"{column} = {_literal(value)}" for value in values) + ")"


def _literal(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

"""How Freshdesk lists: page by page, and what a refusal means to who looks after the account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from deskpulse.asking import Linked
from deskpulse.errors import RequestRefused, SourceChanged, StreamForbidden

Ask = Callable[..., Linked]
"""`Connector.linked`."""

MOST_EMPTY = 100
"""Pages in a row of which the key's owner may see nothing."""

NO_PLAN = "This Freshdesk plan does not have it; leave it out with `streams = [...]`."
NO_RIGHT = (
    "The owner of the API key may not read this: use an admin's key, or leave it out with "
    "`streams = [...]`."
)


def rows_of(body: Any, what: str, always: str = "id") -> list[Any]:
    """A list of rows. SourceChanged if it is none, or if no row has the key `always`.

    One row without it is a bad record; all rows without it are another API.
    """
    if not isinstance(body, list):
        raise SourceChanged(f"{what}: the answer is {type(body).__name__}; allowed: a list")
    if body and not any(isinstance(row, Mapping) and always in row for row in body):
        raise SourceChanged(f"{what}: no row has {always}, which Freshdesk always sent")
    return body


def pages(
    ask: Ask, path: str, what: str, *, size: int, budget: str = "", **params: Any
) -> Iterator[tuple[list[Any], bool]]:
    """The pages of a list, and whether each is the last.

    That is one that is not full and names no next page in `Link`: a page from which Freshdesk took
    out what the key may not see is short, or empty, in the middle of a list.
    SourceChanged for a page that repeats the one before, as if there were no page numbers, and for
    a list that only ever promises more.
    """
    number, before, empty = 1, None, 0
    while True:
        with told_as(what):
            answer = ask(path, budget=budget, page=number, per_page=size, **params)
        rows = rows_of(answer.body, what)
        if rows and rows == before:
            raise SourceChanged(f"{what}: page {number} is page {number - 1} once more")
        empty = 0 if rows else empty + 1
        if empty > MOST_EMPTY:
            raise SourceChanged(f"{what}: {empty} empty pages in a row, the last is page {number}")
        last = len(rows) < size and answer.next is None
        yield rows, last
        if last:
            return
        number, before = number + 1, rows


@contextmanager
def told_as(what: str) -> Iterator[None]:
    """Refusals of a whole list in the operator's words.

    403 is the plan (`require_feature`) or the rights of the key's owner; a list that an account
    does not have at all is answered with 404.
    """
    try:
        yield
    except StreamForbidden as problem:
        gated = "require_feature" in problem.message
        raise StreamForbidden(
            problem.message, hint=NO_PLAN if gated else NO_RIGHT, status=problem.status
        ) from None
    except RequestRefused as problem:
        if problem.status != 404:
            raise
        raise StreamForbidden(f"{what}: {problem.message}", hint=NO_PLAN, status=404) from None

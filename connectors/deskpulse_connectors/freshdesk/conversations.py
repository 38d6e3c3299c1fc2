"""What was said on a ticket: one request for each changed ticket, several at a time.

There is no list of new conversations, so those of every ticket that changed are read whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from deskpulse.errors import RequestRefused, SourceError, StreamForbidden
from deskpulse_connectors.freshdesk.lists import rows_of

Gather = Callable[..., Iterator[Any]]
"""`Connector.gather`."""

SAID = "deskpulse_conversations"
"""Key under which a ticket carries its conversations; it is missing where they were refused."""

REFUSED = "deskpulse_refused"
"""Key of a row that stands for conversations that were refused, so that they are counted."""

PARALLEL = 8
SIZE = 100
SKIPPED = frozenset({403, 404})


def with_conversations(gather: Gather, tickets: Sequence[Any]) -> list[Any]:
    """The tickets with their conversations, and a row for each whose conversations are refused.

    A 403 or 404 concerns one ticket and never stops the others; any other refusal is raised.
    """
    said: dict[str, list[Any]] = {str(each["id"]): [] for each in tickets if _has_id(each)}
    refused: dict[str, SourceError] = {}
    wanted, number = list(said), 1
    while wanted:
        calls = [(path(each), {"page": number, "per_page": SIZE}) for each in wanted]
        longer = []
        for ident, answer in zip(wanted, gather(calls, parallel=PARALLEL), strict=True):
            if isinstance(answer, StreamForbidden | RequestRefused):
                if answer.status not in SKIPPED:
                    raise answer
                refused[ident] = answer
                continue
            rows = rows_of(answer, "conversations")
            said[ident] += rows
            if len(rows) >= SIZE:
                longer.append(ident)
        wanted, number = longer, number + 1
    joined = [_joined(each, said, refused) for each in tickets]
    return joined + [{REFUSED: ident, "why": str(why)} for ident, why in refused.items()]


def path(ticket_id: str) -> str:
    """Where the conversations of a ticket are."""
    return f"/api/v2/tickets/{ticket_id}/conversations"


def _joined(ticket: Any, said: Mapping[str, list[Any]], refused: Mapping[str, Any]) -> Any:
    if not _has_id(ticket) or str(ticket["id"]) in refused:
        return ticket
    return {**ticket, SAID: said[str(ticket["id"])]}


def _has_id(ticket: Any) -> bool:
    return isinstance(ticket, Mapping) and ticket.get("id") is not None

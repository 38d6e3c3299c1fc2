"""The headers and texts of messages, for many transactions with one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from deskpulse_connectors.request_tracker.asking import Ask, any_of, find, read
from deskpulse_connectors.request_tracker.config import API
from deskpulse_connectors.request_tracker.mail import plain

MOST = 100
"""The largest page of RT, whatever the settings say: these are few rows for each transaction."""

Query = Callable[..., Any]
"""`Connector.post_query`."""


def headers_of(query: Query, transactions: Iterable[str]) -> dict[str, str]:
    """The headers of each transaction's message, by the transaction's id."""
    found: dict[str, str] = {}
    for row in _attachments(query, transactions, "Headers", [{"field": "Parent", "value": "0"}]):
        headers = row.get("Headers")
        found.setdefault(str(row["TransactionId"]), headers if isinstance(headers, str) else "")
    return found


def texts_of(query: Query, transactions: Iterable[str]) -> dict[str, str]:
    """The text of each transaction's message; of one that is only HTML, the text in it.

    A part with a file name is an attached file, not the message.
    """
    kept = list(transactions)
    found: dict[str, str] = {}
    for kind in ("text/plain", "text/html"):
        limits = [{"field": "ContentType", "value": kind}]
        left = [each for each in kept if each not in found]
        for row in _attachments(query, left, "Content,Filename", limits):
            text = row.get("Content")
            if isinstance(text, str) and not row.get("Filename"):
                found.setdefault(
                    str(row["TransactionId"]), text if kind == "text/plain" else plain(text)
                )
    return found


def first_headers(ask: Ask, query: Query, tickets: list[int]) -> dict[str, str]:
    """The headers with which each ticket began, by the ticket's id."""
    if not tickets:
        return {}
    created = find(
        ask,
        "transactions",
        size=MOST,
        fields="ObjectId",
        query="ObjectType = 'RT::Ticket' AND Type = 'Create' AND " + any_of("ObjectId", tickets),
        orderby="id",
    )
    headers = headers_of(query, [str(row["id"]) for row in created.rows])
    return {
        str(row["ObjectId"]): headers[str(row["id"])]
        for row in created.rows
        if str(row["id"]) in headers
    }


def _attachments(
    query: Query, transactions: Iterable[str], fields: str, limits: list[dict[str, str]]
) -> Iterator[dict[str, Any]]:
    wanted = [{"field": "TransactionId", "value": each} for each in transactions]
    page, more = 0, bool(wanted)
    while more:
        page += 1
        path = (
            f"{API}/attachments?fields=TransactionId,{fields}"
            f"&per_page={MOST}&page={page}&orderby=id"
        )
        found = read(query(path, wanted + limits), f"{API}/attachments", MOST)
        yield from found.rows
        more = len(found.rows) == MOST

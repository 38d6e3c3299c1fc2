"""Features that customers ask for, most wanted first (WL12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from deskpulse_reports.analysis.quantile import measured

Key = tuple[str, str]
"""Source and the vendor's id."""


@dataclass(frozen=True, slots=True)
class Request:
    """A ticket whose kind or reason is a feature request, or one merged into such a ticket.

    `feature` is the key that the desk gave it; None where nobody did. `value` is what the account
    (or the customer, where there is no account) is worth, None if unknown.
    """

    ticket_id: str
    feature: str | None = None
    customer_id: str | None = None
    account_id: str | None = None
    value: float | None = None
    currency: str | None = None
    merged_into: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A feature and who wants it.

    `value` sums what the accounts behind it are worth, each once; None where none is known or the
    currencies differ. `unvalued` counts those of unknown worth. `feature` None: without a key.
    """

    feature: str | None
    customers: int
    value: float | None
    currency: str | None
    unvalued: int
    tickets: int
    ticket_ids: tuple[Key, ...]


def most_requested(requests: Iterable[Request]) -> tuple[Wish, ...]:
    """Every feature, by distinct customers, then by account value, then by tickets and name.

    A customer counts once per feature. A merged ticket is no ticket of its own: its customer counts
    for the feature of the ticket that it was merged into, and for none if that is no request.
    """
    every = {(one.source, one.ticket_id): one for one in requests}
    groups: dict[str | None, list[tuple[Request, bool]]] = defaultdict(list)
    for one in every.values():
        target = _target(one, every)
        if target is not None:
            groups[target.feature].append((one, target is one))
    return tuple(sorted((_wish(name, group) for name, group in groups.items()), key=_rank))


def _target(one: Request, every: Mapping[Key, Request]) -> Request | None:
    """Where merging ends; None if outside the requests, or if it goes in a circle."""
    seen: set[str] = set()
    current: Request | None = one
    while current is not None and current.merged_into is not None:
        if current.ticket_id in seen:
            return None
        seen.add(current.ticket_id)
        current = every.get((current.source, current.merged_into))
    return current


def _wish(feature: str | None, group: Sequence[tuple[Request, bool]]) -> Wish:
    customers = {(one.source, one.customer_id) for one, _ in group if one.customer_id is not None}
    worths: dict[tuple[str, bool, str], list[tuple[float, str | None]]] = {}
    for one, _ in group:
        payer = one.account_id or one.customer_id
        if payer is not None:
            worth = worths.setdefault((one.source, one.account_id is not None, payer), [])
            worth += [(amount, one.currency) for amount in measured([one.value])]
    known = [
        max(worth, key=lambda one: (one[0], one[1] or "")) for worth in worths.values() if worth
    ]
    currencies = {currency for _, currency in known}
    single = len(currencies) == 1
    tickets = sorted((one.source, one.ticket_id) for one, own in group if own)
    return Wish(
        feature=feature,
        customers=len(customers),
        value=sum(amount for amount, _ in known) if single else None,
        currency=next(iter(currencies)) if single else None,
        unvalued=len(worths) - len(known),
        tickets=len(tickets),
        ticket_ids=tuple(tickets),
    )


def _rank(wish: Wish) -> tuple[int, bool, float, int, bool, str]:
    return (
        -wish.customers,
        wish.value is None,
        -(wish.value or 0),
        -wish.tickets,
        wish.feature is None,
        wish.feature or "",
    )

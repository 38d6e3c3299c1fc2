"""Numbers that the vendor gives out; large ones, as in real accounts, some beyond 2**53."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

OPEN, PENDING, RESOLVED, CLOSED = 2, 3, 4, 5
ON_CUSTOMER, ON_THIRD_PARTY, IN_TEST = 6, 7, 8
"""Statuses: the four of every account, the two usual custom ones, and one that nobody can guess."""

STATUS_LABELS = {
    OPEN: "Open",
    PENDING: "Pending",
    RESOLVED: "Resolved",
    CLOSED: "Closed",
    ON_CUSTOMER: "Waiting on Customer",
    ON_THIRD_PARTY: "Waiting on Third Party",
    IN_TEST: "In test",
}
DONE = frozenset({RESOLVED, CLOSED})
EMAIL, PORTAL, PHONE, FEEDBACK, OUTBOUND, WEB_CHAT, UNHEARD_OF = 1, 2, 3, 9, 10, 15, 101
POLICY, DEFAULT_POLICY, HOURS = 1_060_000_000_001, 1_060_000_000_002, 1_060_000_000_101
SURVEY = 1_060_000_000_201


class Ids:
    """One series a kind. Tickets are numbered from a small number on, as in Freshdesk."""

    def __init__(self, first_ticket: int) -> None:
        self.ticket: Iterator[int] = count(first_ticket)
        self.person: Iterator[int] = count(67_013_469_930, 3)
        self.company: Iterator[int] = count(67_000_443_111, 7)
        self.group: Iterator[int] = count(67_000_201_001, 5)
        self.conversation: Iterator[int] = count(2**53 + 1)
        self.rating: Iterator[int] = count(67_000_900_001)
        self.time_entry: Iterator[int] = count(67_000_700_001)

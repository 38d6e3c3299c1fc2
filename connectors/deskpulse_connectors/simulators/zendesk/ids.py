"""Numbers that the vendor gives out; large ones, as in real accounts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

SYSTEM = -1
"""The author of what triggers and automations write."""


class Ids:
    """One series per kind. Audits and their events are beyond 2**53, people beyond 2**31."""

    def __init__(self, first_ticket: int) -> None:
        self.ticket: Iterator[int] = count(first_ticket)
        self.person: Iterator[int] = count(26_363_597_354_387, 4)
        self.organization: Iterator[int] = count(26_363_643_450_387, 7)
        self.group: Iterator[int] = count(26_363_643_448_211, 5)
        self.event: Iterator[int] = count(2**53 + 1)
        self.rating: Iterator[int] = count(9_000_000_001)


BRAND = 26_363_596_759_827
FORM = 26_363_596_576_915
FIELD_REASON = 26_363_655_924_371
FIELD_ORDER = 26_363_685_850_259
FIELD_VIP = 26_363_685_850_263
SCHEDULE = 26_363_600_310_393
POLICY_FAST = 26_363_600_000_001
POLICY_DEFAULT = 26_363_600_000_002
CUSTOM_STATUS = {
    "new": 26_363_643_424_139,
    "open": 26_363_643_424_143,
    "pending": 26_363_643_424_147,
    "hold": 26_363_643_424_151,
    "solved": 26_363_643_424_155,
}
WAITING_FOR_PARTS = 26_363_643_424_159
"""A custom status of the category `hold`."""

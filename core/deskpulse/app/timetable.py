"""When digests are due: the periods of `[digests.X]`, and which of them are to be sent now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from deskpulse.config.tables import DigestTable

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOKBACK = timedelta(days=31)
"""How far back missed periods are looked for."""
STILL_FRESH = timedelta(hours=1)
"""How late a digest may be that must not be caught up (`catch_up = "skip"`)."""


@dataclass(frozen=True, slots=True)
class Due:
    """One digest of one period: it tells of local day `day` and was due at `due_at` (UTC).

    The day was over at `day_over` (UTC): data that reaches up to there covers the period.
    """

    name: str
    day: date
    due_at: datetime
    day_over: datetime

    @property
    def period(self) -> str:
        """The period's name in the books."""
        return self.day.isoformat()


def periods(name: str, digest: DigestTable, zone: str, now: datetime) -> list[Due]:
    """Every period that fell due in the last month, oldest first. It tells of the day before.

    A time of day that a clock change skips moves on by as much as the clocks do (02:30 becomes
    03:30); one that comes twice counts the first time.
    """
    local = ZoneInfo(digest.zone or zone)
    today = now.astimezone(local).date()
    found = []
    for back in range(LOOKBACK.days, -1, -1):
        day = today - timedelta(days=back)
        due_at = datetime.combine(day, digest.at, tzinfo=local).astimezone(UTC)
        if WEEKDAYS[day.weekday()] in digest.days and due_at <= now:
            midnight = datetime.combine(day, time(), tzinfo=local).astimezone(UTC)
            found.append(Due(name, day - timedelta(days=1), due_at, midnight))
    return found


def to_send(digest: DigestTable, fell_due: list[Due], told: str, now: datetime) -> list[Due]:
    """What of `fell_due` is to be sent, by the digest's `catch_up`.

    `told` is the name of the newest period that was told; whatever is older stays untold.
    """
    missed = [item for item in fell_due if item.period > told]
    if digest.catch_up == "latest":
        return missed[-1:]
    if digest.catch_up == "skip":
        return [item for item in missed if now - item.due_at < STILL_FRESH]
    return missed

"""When digests are due: the periods of `[digests.X]`, and which of them are to be sent now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from deskpulse.config.tables import DigestTable, Weekday
from deskpulse_reports.digest.period import Period, PeriodGrain

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_DAYS: Mapping[str, Sequence[Weekday]] = MappingProxyType({"day": WEEKDAYS, "week": ("mon",)})
"""On which days a digest of a day or a week is sent unless its configuration says so."""
LOOKBACK = timedelta(days=31)
"""How far back missed periods are looked for."""
STILL_FRESH = timedelta(hours=1)
"""How late a digest may be that must not be caught up (`catch_up = "skip"`)."""


@dataclass(frozen=True, slots=True)
class Due:
    """One digest of one period: it tells of the local days `tells_of`, and was due at `due_at`.

    The last day was over at `day_over` (both UTC): data that reaches up to there covers the period.
    """

    name: str
    tells_of: Period
    due_at: datetime
    day_over: datetime

    @property
    def period(self) -> str:
        """The period's name in the books."""
        return self.tells_of.name


def periods(name: str, digest: DigestTable, zone: str, now: datetime) -> list[Due]:
    """Every period that fell due in the last month, oldest first.

    A digest tells of the day before, or of the last week that is over. A time of day that a clock
    change skips moves on by as much as the clocks do (02:30 becomes 03:30); one that comes twice
    counts the first time.
    """
    local = ZoneInfo(digest.zone or zone)
    today = now.astimezone(local).date()
    found: dict[str, Due] = {}
    days = USUAL_DAYS[digest.period] if digest.days is None else digest.days
    for back in range(LOOKBACK.days, -1, -1):
        day = today - timedelta(days=back)
        due_at = datetime.combine(day, digest.at, tzinfo=local).astimezone(UTC)
        if WEEKDAYS[day.weekday()] in days and due_at <= now:
            told = last_complete(digest.period, day)
            over = datetime.combine(told.last + timedelta(days=1), time(), tzinfo=local)
            due = Due(name, told, due_at, over.astimezone(UTC))
            found.setdefault(due.period, due)  # a week is told of once
    return list(found.values())


def last_complete(grain: PeriodGrain, today: date) -> Period:
    """The day, or the week, that was over last when `today` began."""
    if grain == "day":
        return Period.of_day(today - timedelta(days=1))
    return Period.of_week(today - timedelta(days=7))


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

"""What is asked of a KPI, once names and defaults are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from deskpulse_reports.kpis.buckets import Grain, between, bucket_of, exists, first_day, label

Clocking = Literal["calendar", "business"]
Attribution = Literal["event", "created"]
By = tuple[str, ...]
"""The dimensions that a question splits by."""
BEFORE, WITHIN = 0, 1
"""The two buckets of a question without `every`: the period before the window, and the window."""


@dataclass(frozen=True, slots=True)
class Question:
    """`first` and `last` are numbers of local days (`date.toordinal`), both included.

    `as_of` is in epoch microseconds. `open_before` gives, per calendar, its open seconds before
    `as_of`: what a running span adds by the business clock. `since` and `until` (epoch
    microseconds, the second excluded) cut the first and last day. `spread` asks for all that a
    comparison needs to know of a distribution. `complete_to` (epoch microseconds) is up to when all
    sources are stored; None: up to the present. `sets`: this is several questions at once, one for
    each of these ways to split (see `sharing`).
    """

    zone: ZoneInfo
    first: int
    last: int
    as_of: int
    every: Grain | None = None
    by: By = ()
    clock: Clocking = "calendar"
    attribution: Attribution = "event"
    week_start: int = 0
    open_before: Mapping[str, float] = field(default_factory=dict, hash=False)
    since: int | None = None
    until: int | None = None
    spread: bool = False
    complete_to: int | None = None
    sets: tuple[By, ...] = ()

    @property
    def before(self) -> int:
        """The bucket that the first one is compared with; without `every`, the period before."""
        return self.prior(self.bucket_of(self.first))

    @property
    def scan_from(self) -> int:
        """The first day that must be read: the previous period is read in the same scan."""
        if self.every is None:
            return 2 * self.first - self.last - 1
        return first_day(self.before, self.every, self.week_start)

    @property
    def known_to(self) -> int:
        """Up to when all is known."""
        return self.as_of if self.complete_to is None else min(self.as_of, self.complete_to)

    def bucket_of(self, day: int) -> int:
        """The bucket of a day's first moment."""
        if self.every is None:
            return WITHIN if day >= self.first else BEFORE
        return bucket_of(day, self.every, self.week_start)

    def buckets(self) -> list[int]:
        """Every bucket of the window, in order."""
        if self.every is None:
            return [WITHIN]
        return list(between(self.first, self.last, self.every, self.week_start, self.zone))

    def prior(self, bucket: int) -> int:
        """The bucket just before another one."""
        earlier = bucket - 1
        while self.every is not None and not exists(earlier, self.every, self.zone):
            earlier -= 1
        return earlier

    @property
    def width(self) -> int:
        """How many buckets the window has, at most; known without going through them."""
        if self.every is None:
            return 1
        hours = 24 if self.every == "hour" else 1
        return self.bucket_of(self.last) - self.bucket_of(self.first) + hours

    def allows(self, bucket: int, dims: tuple[object, ...]) -> bool:
        """Whether a bucket can have rows of these dimensions: a Sunday has none of a Monday."""
        if self.every not in ("hour", "day"):
            return True
        day, hour = divmod(bucket, 24) if self.every == "hour" else (bucket, None)
        real = {"weekday": (day - 1) % 7} | ({} if hour is None else {"hour_of_day": hour})
        named = zip(self.by, dims, strict=True)
        return all(value == real.get(name, value) for name, value in named)

    def label(self, bucket: int) -> str | None:
        """How a bucket is written; None for the whole window."""
        return None if self.every is None else label(bucket, self.every, self.week_start)

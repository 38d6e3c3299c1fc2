"""One calendar: a zone, weekly hours and holidays."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from deskpulse.calendars.public_holidays import check_country, public_holidays
from deskpulse.calendars.weekly import Week, read_week
from deskpulse.calendars.zones import read_zone
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, repr=False)
class Calendar:
    """When a desk is open.

    `weekly` maps `mon` .. `sun` to shifts `(opens, closes)` of local wall times `HH:MM`. A day may
    have several, a missing day is closed, 24:00 may close a day. A shift that closes before it
    opens (22:00-06:00) runs over midnight; its second half belongs to the next day, so it falls
    away when that day is a holiday. Holidays are local dates, closed all day: those listed
    (dates or `YYYY-MM-DD`) and those of a country, such as `holiday_country="DE"`,
    `holiday_region="BY"`.

    Raises `ConfigError` naming the calendar, what came and what is allowed.
    """

    name: str
    tz: str
    weekly: Mapping[str, Sequence[Sequence[str]]]
    holidays: Collection[date | str] = ()
    holiday_country: str | None = None
    holiday_region: str | None = None
    zone: ZoneInfo = field(init=False, compare=False)
    week: Week = field(init=False, compare=False)
    listed: frozenset[date] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        where = f"calendars.{self.name}"
        if not self.name:
            raise ConfigError(
                "a calendar without a name", hint="Name it in its table, such as [calendars.desk]."
            )
        listed = frozenset(_read_day(where, day) for day in self.holidays)
        check_country(where, self.holiday_country, self.holiday_region)
        object.__setattr__(self, "zone", read_zone(where, self.tz))
        object.__setattr__(self, "week", read_week(where, self.weekly))
        object.__setattr__(self, "listed", listed)

    def __repr__(self) -> str:
        """Everything that open time depends on, written alike in every process."""
        weekly = {day: [tuple(span) for span in spans] for day, spans in self.weekly.items()}
        days = ", ".join(day.isoformat() for day in sorted(self.listed))
        return (
            f"Calendar({self.name!r}, {self.tz!r}, {weekly!r}, [{days}], "
            f"{self.holiday_country!r}, {self.holiday_region!r})"
        )

    def days_off(self, years: Iterable[int]) -> frozenset[date]:
        """The holidays of these years, listed ones of any year included."""
        if self.holiday_country is None:
            return self.listed
        return self.listed | public_holidays(self.holiday_country, self.holiday_region, years)


def _read_day(where: str, day: date | str) -> date:
    if isinstance(day, date) and not isinstance(day, datetime):
        return day
    try:
        return date.fromisoformat(day)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ConfigError(
            f"{where}.holidays: {day!r} is not a date",
            hint='Write holidays as local dates, such as "2026-12-25".',
        ) from None

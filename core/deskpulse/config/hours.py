"""From `[calendars.X]` to a calendar."""

from __future__ import annotations

from deskpulse.calendars import Calendar
from deskpulse.calendars import weekly as weekly_hours
from deskpulse.config.config import Config
from deskpulse.config.days import days_of
from deskpulse.errors import ConfigError

HINT = (
    'Write hours = { mon-thu = ["09:00-12:00", "13:00-18:00"], fri = ["09:00-16:00"] }; 24:00 may '
    "close a day, and a shift that closes before it opens runs over midnight."
)
"""How the configuration writes what `calendars.weekly` wants to know."""


def calendar_of(config: Config, name: str) -> Calendar:
    """The calendar of `[calendars.NAME]`; raises `ConfigError` naming the line."""
    table = config.calendars[name]
    where = config.document.where(f"calendars.{name}", "hours")
    weekly: dict[str, list[tuple[str, str]]] = {}
    for days, spans in table.hours.items():
        for day in days_of(days, where):
            weekly.setdefault(day, []).extend(_span(span, where) for span in spans)
    try:
        return Calendar(
            name,
            table.zone,
            weekly,
            frozenset(table.holidays),
            table.holiday_country,
            table.holiday_region,
        )
    except ConfigError as problem:
        place = config.document.where(f"calendars.{name}")
        said = problem.message.removeprefix(f"calendars.{name}: ")
        hint = HINT if problem.hint == weekly_hours.HINT else problem.hint
        raise ConfigError(f"{place}: {said}", hint=hint) from None


def _span(text: str, where: str) -> tuple[str, str]:
    opens, dash, closes = text.replace(" ", "").partition("-")
    if not dash:
        raise ConfigError(f'{where} has {text!r}; write hours as "09:00-17:00"')
    return opens, closes

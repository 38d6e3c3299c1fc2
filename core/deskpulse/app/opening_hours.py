"""Opening hours as a newcomer says them: `mon-thu 09:00-12:00 13:00-17:00, sat 10:00-14:00`."""

from __future__ import annotations

import itertools
import re

from deskpulse.app.first_sources import text
from deskpulse.calendars.weekly import read_week
from deskpulse.config.days import days_of
from deskpulse.errors import ConfigError

ALWAYS = "mon-sun 00:00-24:00"
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
_SPAN = r"\d\d:\d\d-\d\d:\d\d"
_PART = re.compile(rf"({_DAY}(?:-{_DAY})?) ({_SPAN}(?: {_SPAN})*)")
_HINT = 'Write "mon-fri 09:00-17:00", "mon-fri 09:00-12:00 13:00-17:00, sat 10:00-14:00" or "24/7".'


def read_hours(given: str) -> str:
    """Hours put straight: days and their spans, parts between commas; raises `ConfigError`."""
    straight = " ".join(re.sub(r"\s*-\s*", "-", given.lower()).split())
    if straight == "24/7":
        return ALWAYS
    parts = [part.strip() for part in re.split("[,;]", straight)]
    if not all(map(_PART.fullmatch, parts)):
        raise ConfigError(f"the hours {given!r} are not understood", hint=_HINT)
    hours = ", ".join(parts)
    week: dict[str, list[list[str]]] = {}
    for days, spans in _parts(hours):
        for day, span in itertools.product(days_of(days, "the hours"), spans):
            opens, closes = span.split("-")
            if opens >= closes:  # over midnight is for the file: here it is more often a slip
                raise ConfigError(f"the hours {given!r} close before they open", hint=_HINT)
            week.setdefault(day, []).append([opens, closes])
    read_week("the hours", week)
    return hours


def hours_table(hours: str) -> str:
    """What `read_hours` gave, as a TOML table."""
    entries = (f"{days} = [{', '.join(map(text, spans))}]" for days, spans in _parts(hours))
    return f"{{ {', '.join(entries)} }}"


def _parts(hours: str) -> list[tuple[str, list[str]]]:
    words = (part.split() for part in hours.split(", "))
    return [(days, spans) for days, *spans in words]

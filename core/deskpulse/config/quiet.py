"""From `[routes.X.quiet]` to quiet hours; refuses what overlaps and what would never end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from deskpulse.alerts.quiet import DAY, QuietHours
from deskpulse.calendars.zones import read_zone
from deskpulse.config.days import DAYS, days_of
from deskpulse.errors import ConfigError

_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")
WEEK = 7 * DAY


def quiet_hours(zone: str, hours: Mapping[str, Iterable[str]], where: str) -> QuietHours:
    """The quiet hours of these settings; raises `ConfigError`, `where` names the place."""
    weekly: dict[int, list[tuple[int, int]]] = {day: [] for day in range(7)}
    for days, spans in hours.items():
        for name in days_of(days, where):
            for text in spans:
                for day, begins, ends in _spans(DAYS.index(name), text, where):
                    weekly[day].append((begins, ends))
    for day, found in weekly.items():
        found.sort()
        for (_, ends), (begins, _) in pairwise(found):
            if begins < ends:
                raise ConfigError(
                    f"{where} hours overlap on {DAYS[day]} at {begins // 60:02}:{begins % 60:02}",
                    hint="Write each quiet time once; one over midnight belongs to its first day.",
                )
    total = sum(ends - begins for found in weekly.values() for begins, ends in found)
    if total == WEEK:
        raise ConfigError(
            f"{where} hours never end: nothing but what is urgent would ever be told",
            hint="Leave some time of the week free.",
        )
    if not total:
        raise ConfigError(f"{where} hours hold no time", hint='Write "18:00-08:00".')
    return QuietHours(read_zone(where, zone), weekly)


def _spans(day: int, text: str, where: str) -> list[tuple[int, int, int]]:
    """(day, begins, ends) in minutes; a span over midnight is two."""
    found = _SPAN.match(text.replace(" ", ""))
    if not found or (found[3] == "24" and found[4] != "00"):
        raise ConfigError(f'{where} has {text!r}; write hours as "18:00-08:00"')
    begins, ends = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
    if begins == ends:
        raise ConfigError(
            f"{where} has {text!r}, which begins when it ends",
            hint='The whole day is "00:00-24:00".',
        )
    if begins < ends:
        return [(day, begins, ends)]
    rest = [((day + 1) % 7, 0, ends)] if ends else []
    return [(day, begins, DAY), *rest]

"""Weekly hours as people write them, turned into shifts of minutes."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
HINT = (
    'Write shifts as [["09:00", "12:00"], ["13:00", "17:00"]] under mon .. sun;'
    " 24:00 may close a day, and a shift that closes before it opens runs over midnight."
)

Shift = tuple[int, int]
"""Minutes after local midnight, 0 <= opens < closes <= 1440."""

Week = tuple[tuple[Shift, ...], ...]
"""The shifts of Monday .. Sunday, each in order and free of overlaps."""


def read_week(where: str, weekly: Mapping[str, Sequence[Sequence[str]]]) -> Week:
    """The week's shifts. One that crosses midnight is cut there; the rest is the next day's.

    Raises `ConfigError` naming `where`, the day and the shift: an unknown day, a time that is not
    HH:MM, overlapping shifts, or no hours at all.
    """
    week: list[list[Shift]] = [[] for _ in DAYS]
    for day, shifts in weekly.items():
        if day not in DAYS:
            raise ConfigError(
                f"{where}: unknown day {day!r}; allowed: {', '.join(DAYS)}", hint=HINT
            )
        for shift in shifts:
            _add(week, DAYS.index(day), _read_shift(f"{where}.weekly.{day}", shift))
    for day, shifts_of_day in zip(DAYS, week, strict=True):
        shifts_of_day.sort()
        for (_, closes), (opens, _) in itertools.pairwise(shifts_of_day):
            if opens < closes:
                raise ConfigError(
                    f"{where}.weekly.{day}: a shift opens at {_text(opens)} while another is open"
                    f" until {_text(closes)}",
                    hint="Join overlapping shifts into one; mind those that run over midnight.",
                )
    if not any(week):
        raise ConfigError(
            f"{where}: no opening hours at all, so no business time would ever pass", hint=HINT
        )
    return tuple(tuple(shifts_of_day) for shifts_of_day in week)


def _add(week: list[list[Shift]], day: int, shift: Shift) -> None:
    opens, closes = shift
    if opens < closes:
        week[day].append(shift)
        return
    week[day].append((opens, MIDNIGHT))
    if closes:
        week[(day + 1) % len(DAYS)].append((0, closes))


def _read_shift(where: str, shift: Sequence[str]) -> Shift:
    if isinstance(shift, str) or len(shift) != 2:
        raise ConfigError(f"{where}: {shift!r} is not a pair [opens, closes]", hint=HINT)
    opens, closes = (_read_time(where, text) for text in shift)
    if opens == MIDNIGHT:
        raise ConfigError(f"{where}: a shift cannot open at 24:00; write 00:00", hint=HINT)
    if opens == closes:
        raise ConfigError(
            f"{where}: the shift {shift[0]}-{shift[1]} opens and closes at the same time",
            hint='A whole day is ["00:00", "24:00"]; leave a closed day out.',
        )
    return opens, closes


def _read_time(where: str, text: object) -> int:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text) if isinstance(text, str) else None
    hours, minutes = (int(part) for part in match.groups()) if match else (99, 99)
    if minutes > 59 or hours * 60 + minutes > MIDNIGHT:
        raise ConfigError(f"{where}: {text!r} is not a time HH:MM from 00:00 to 24:00", hint=HINT)
    return hours * 60 + minutes


def _text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"

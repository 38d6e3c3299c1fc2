"""Turns a cell into a value: instants, days, numbers, yes and no, lists, texts. Pure.

Every converter takes one cell that is not missing and raises ValueError saying what is allowed.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from deskpulse.clock import EPOCH

Converter = Callable[[Any], Any]
REMEMBERED = 1 << 16
"""Texts whose instant is kept: logs repeat times, and strptime is slow."""

_GROUPED = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
"""A number with a decimal comma; dots, if any, stand between thousands."""

_YES = frozenset({"true", "t", "yes", "y", "1"})
_NO = frozenset({"false", "f", "no", "n", "0"})


def instants(form: str | None, zone: str | None) -> Converter:
    """A converter to aware UTC instants from texts of `form`, naive ones read in `zone`.

    `form` is iso (None), unix (seconds), unix_ms, or strptime codes. A local time that happens
    twice when clocks go back is read as the first.
    """
    home: tzinfo | None = ZoneInfo(zone) if zone else None

    @functools.lru_cache(REMEMBERED)
    def from_text(text: str) -> datetime:
        return _at_home(_read_time(text.strip(), form), home, text)

    def convert(cell: Any) -> datetime:
        if isinstance(cell, str):
            return from_text(cell)
        if isinstance(cell, datetime):
            return _at_home(cell, home, cell)
        if form in {"unix", "unix_ms"} and isinstance(cell, int | float):
            return from_text(str(cell))
        raise ValueError(
            f"{_shown(cell)} is not a time; for numbers set format = 'unix' or 'unix_ms'"
        )

    return convert


def days(form: str | None) -> Converter:
    """A converter to dates from texts of `form` (None: iso, year-month-day)."""

    def convert(cell: Any) -> date:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = str(cell).strip()
        try:
            if form in {None, "iso"}:
                return date.fromisoformat(text)
            return datetime.strptime(text, str(form)).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            raise ValueError(f"{_shown(cell)} is not a day of the form {form or 'iso'}") from None

    return convert


def number(cell: Any) -> int | float:
    """A whole or decimal number."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    text = str(cell).strip()
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{_shown(cell)} is not a number")
    return value


def comma_number(cell: Any) -> int | float:
    """A number whose decimals follow a comma, as in 1.234,50."""
    if not isinstance(cell, str):
        return number(cell)
    text = cell.strip()
    if not _GROUPED.fullmatch(text):
        raise ValueError(f"{_shown(cell)} is not a number with a decimal comma")
    return number(text.replace(".", "").replace(",", "."))


def plain(cell: Any) -> str | int | float | bool:
    """A cell that is text, a number, or yes or no. Parquet's other types become those.

    Times and days are written in ISO 8601, durations are seconds.
    """
    match cell:
        case str() | int() | float():
            return cell
        case Decimal():
            return number(cell)
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return cell.total_seconds()
    raise ValueError(f"{_shown(cell)} is no text, number, time, yes or no")


def boolean(cell: Any) -> bool:
    """Yes or no: true false t f yes no y n 1 0, in capitals or not."""
    text = text_of(cell).strip().lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise ValueError(f"{_shown(cell)} is neither yes nor no; allowed: true, false, yes, no, 1, 0")


def text_of(cell: Any) -> str:
    """A cell as text; true and false as JSON writes them."""
    if type(cell) is str:
        return cell
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def split_at(separator: str) -> Converter:
    """A converter to a list of texts, trimmed, without empty ones. A JSON list stays one."""

    def convert(cell: Any) -> list[Any]:
        if isinstance(cell, list | tuple):
            return list(cell)
        text = str(cell).strip()
        if text.startswith("["):
            return list(as_json(text))
        return [part.strip() for part in text.split(separator) if part.strip()]

    return convert


def as_json(cell: Any) -> Any:
    """A list or object written as JSON in a cell."""
    if not isinstance(cell, str):
        return cell
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError as problem:
        raise ValueError(f"{_shown(cell)} is not JSON: {problem}") from None


def _read_time(text: str, form: str | None) -> datetime:
    try:
        if form in {None, "iso"}:
            return datetime.fromisoformat(text)
        if form in {"unix", "unix_ms"}:
            return EPOCH + timedelta(seconds=float(text) / (1000 if form == "unix_ms" else 1))
        return datetime.strptime(text, str(form))  # noqa: DTZ007  the zone is put on by the caller
    except (ValueError, OverflowError):
        raise ValueError(f"{_shown(text)} is not a time of the form {form or 'iso'}") from None


def _at_home(moment: datetime, home: tzinfo | None, cell: object) -> datetime:
    if moment.tzinfo is None:
        if home is None:
            raise ValueError(f"{_shown(cell)} has no offset; set zone = 'UTC' or the file's own")
        moment = moment.replace(tzinfo=home)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{_shown(cell)} is not a plausible time") from None


def _shown(cell: object) -> str:
    text = repr(cell) if isinstance(cell, str) else str(cell)
    return text if len(text) <= 60 else text[:57] + "..."

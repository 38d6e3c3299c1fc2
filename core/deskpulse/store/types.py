"""How a record's values look in the store: one small converter per kind of field.

Instants are whole microseconds since 1970 (BIGINT), lists and objects JSON text, money decimal
text, days ISO text. The same on SQLite and PostgreSQL, so that bulk reads need no dialect.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
from pydantic import AwareDatetime
from sqlalchemy import BigInteger, Boolean, Double, Integer, Text
from sqlalchemy.types import TypeEngine

from deskpulse.clock import EPOCH, from_micros

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Form:
    """A column type, and the way in and out (None: as it is)."""

    sql: type[TypeEngine[Any]]
    store: Callable[[Any], Any] | None = None
    load: Callable[[Any], Any] | None = None

    def column(self, values: list[Any]) -> list[Any]:
        """Many values, some of them null, as they are stored."""
        way = self.store
        if way is None or (way is storable and _all_storable(values)):
            return values
        return [None if value is None else way(value) for value in values]


def _micros(value: datetime) -> int:
    return (value - EPOCH) // _MICROSECOND


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str).decode()
    except orjson.JSONEncodeError:  # half of a character somewhere inside
        return storable(json.dumps(value, sort_keys=True, default=str, ensure_ascii=False))


def _days(text: str) -> list[date]:
    return [date.fromisoformat(day) for day in orjson.loads(text)]


def _hours(text: str) -> dict[str, list[tuple[str, ...]]]:
    return {day: [tuple(span) for span in spans] for day, spans in orjson.loads(text).items()}


def storable(text: str) -> str:
    """The text as both databases can hold it: without NUL, half characters replaced."""
    if text.isascii():
        return text if "\x00" not in text else text.replace("\x00", "")
    return text.replace("\x00", "").encode(errors="replace").decode()


def _all_storable(texts: list[str | None]) -> bool:
    """Whether all are storable as they are: one look at all together is quicker than one each."""
    together = "".join(filter(None, texts))
    if "\x00" in together:
        return False
    try:
        return together.isascii() or bool(together.encode())
    except UnicodeEncodeError:  # half of a character somewhere
        return False


INSTANT = Form(BigInteger, _micros, from_micros)
JSON = Form(Text, _json, orjson.loads)
DAYS = Form(Text, _json, _days)
HOURS = Form(Text, _json, _hours)
MONEY = Form(Text, str, Decimal)
DAY = Form(Text, date.isoformat, date.fromisoformat)
TEXT = Form(Text, storable)
BOOLEAN = Form(Boolean, None, bool)
INTEGER = Form(BigInteger)
SMALL = Form(Integer)
NUMBER = Form(Double)


def form_of(annotation: Any) -> Form:
    """The form of a record field, from its type annotation (`X | None` counts as X)."""
    kind = _bare(annotation)
    origin = typing.get_origin(kind)
    if origin in (list, dict, tuple):
        return {list[date]: DAYS, dict[str, list[tuple[str, str]]]: HOURS}.get(kind, JSON)
    if origin is typing.Literal:
        return TEXT
    simple: dict[Any, Form] = {
        datetime: INSTANT,
        AwareDatetime: INSTANT,
        date: DAY,
        Decimal: MONEY,
        str: TEXT,
        bool: BOOLEAN,
        int: INTEGER,
        float: NUMBER,
    }
    return simple[kind]


def _bare(annotation: Any) -> Any:
    if typing.get_origin(annotation) is typing.Annotated:
        return _bare(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        arms = [arm for arm in typing.get_args(annotation) if arm is not type(None)]
        return _bare(arms[0])
    return getattr(annotation, "__value__", annotation)

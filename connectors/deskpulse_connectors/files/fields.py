"""What a record's field holds: an instant, a day, a list, a number, or something plain."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from pydantic import AwareDatetime

from deskpulse.records import KINDS

Shape = Literal["instant", "day", "list", "object", "number", "plain"]
GROUPS = ("custom", "dims")
"""Fields that are objects of named values; columns address them as `custom.NAME`."""


@functools.cache
def shape_of(record: str, field: str) -> Shape:
    """The shape of `field` of the kind `record`; `custom.NAME` is plain."""
    if "." in field:
        return "plain"
    parts = list(_parts(KINDS[record].model_fields[field].annotation))
    if AwareDatetime in parts or datetime in parts:
        return "instant"
    if list in parts:
        return "list"
    if dict in parts:
        return "object"
    if date in parts:
        return "day"
    return "number" if any(each in parts for each in (int, float, Decimal)) else "plain"


def check_target(record: str, field: str, outcomes: Iterable[object]) -> None:
    """Refuse a mapping onto a field that does not exist or cannot hold one of `outcomes`.

    Raises ValueError naming the nearest field, or what the field allows.
    """
    fields = KINDS[record].model_fields
    group, dot, _ = field.partition(".")
    if dot and group in GROUPS and group in fields:
        return
    if field not in fields or field == "source":
        near = difflib.get_close_matches(field, fields, n=1)
        advice = f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(fields)}"
        raise ValueError(f"columns: {record} has no field {field!r}; {advice}")
    allowed = _literals(fields[field].annotation)
    for outcome in outcomes:
        if allowed and outcome not in allowed:
            raise ValueError(
                f"columns.{field}: {outcome!r} is not allowed; allowed: {', '.join(allowed)}"
            )


def _literals(annotation: Any) -> list[str]:
    return [value for value in _parts(annotation) if isinstance(value, str)]


def _parts(annotation: Any) -> Iterator[Any]:
    """Every type and literal inside an annotation, containers by their origin.

    The insides of lists and objects are left out: what they hold is not the field's own shape.
    """
    origin = get_origin(annotation)
    yield origin if origin in {list, dict} else annotation
    if origin not in {list, dict}:
        for inner in get_args(annotation):
            yield from _parts(inner)

"""Turns a row's cells into a record's fields, as `columns` say. Pure."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse_connectors.files import values
from deskpulse_connectors.files.fields import shape_of
from deskpulse_connectors.files.inputs import Unreadable
from deskpulse_connectors.files.settings import Column, Table
from deskpulse_connectors.files.values import Converter

MISSING = object()
"""What a missing cell gives; it leaves the field out."""


@dataclass(frozen=True, slots=True)
class Step:
    """How one field is filled: from the cell `at`, by `convert`."""

    field: str
    column: str
    at: int
    convert: Converter
    default: Any


class Mapper:
    """The fields of `targets` (names of `table.columns`) from rows with these `columns`.

    Raises `Unreadable` when the file lacks a column, naming the nearest one.
    """

    def __init__(self, table: Table, columns: Sequence[str], targets: Iterable[str]) -> None:
        record = table.record or "ticket"
        self._missing = frozenset(table.missing)
        self._steps = []
        self._constants: dict[str, Any] = {}
        for field in targets:
            rule = table.columns[field]
            if rule.column is None:
                self._constants[field] = rule.constant
            else:
                at = place(columns, rule.column)
                convert = converter(table, record, field, rule)
                default = MISSING if rule.carry or rule.default is None else rule.default
                self._steps.append(Step(field, rule.column, at, convert, default))

    def values(self, cells: Sequence[Any]) -> dict[str, Any]:
        """Values by field name, `custom.NAME` included; missing cells are left out.

        Raises `RecordRejected` naming the column.
        """
        found = dict(self._constants)
        missing = self._missing
        for step in self._steps:
            cell = cells[step.at]
            # the first test is most of is_missing, without a call for each of millions of cells
            if cell in missing if type(cell) is str else is_missing(cell, missing):
                value = step.default
            else:
                try:
                    value = step.convert(cell)
                except ValueError as problem:
                    raise RecordRejected(f"column {step.column!r}: {problem}") from None
            if value is not MISSING:
                found[step.field] = value
        return found


def converter(table: Table, record: str, field: str, rule: Column) -> Converter:
    """How a cell that is not missing becomes the value of `field`."""
    if rule.values is not None:
        return _looked_up(rule.values, rule)
    shape = shape_of(record, field)
    form, zone = rule.format or table.date_format, rule.zone or table.zone
    if shape == "instant":
        return values.instants(form, zone)
    if shape == "day":
        return values.days(form)
    if shape == "list":
        return values.split_at(rule.split or ",")
    if shape == "object":
        return values.as_json
    number = values.comma_number if table.decimal == "," else values.number
    if shape == "number" and table.decimal == ",":
        return number
    typed = {"text": values.text_of, "number": number, "bool": values.boolean}
    return typed[rule.type] if rule.type else values.plain


def is_missing(cell: Any, missing: frozenset[str]) -> bool:
    """Whether a cell means no value: null, not a number, or one of the table's `missing` texts."""
    if isinstance(cell, str):
        return cell in missing
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def place(columns: Sequence[str], name: str) -> int:
    """The index of a column. Raises `Unreadable` naming the nearest one."""
    try:
        return columns.index(name)
    except ValueError:
        near = difflib.get_close_matches(name, columns, n=1)
        shown = ", ".join(columns)
        shown = shown if len(shown) <= 300 else shown[:297] + "..."
        advice = f"did you mean {near[0]!r}?" if near else f"it has: {shown}"
        raise Unreadable(
            f"there is no column {name!r}; {advice} (is the delimiter right?)"
        ) from None


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """`custom.NAME` and `dims.NAME` gathered into objects, as records hold them."""
    fields: dict[str, Any] = {}
    for name, value in flat.items():
        group, dot, inner = name.partition(".")
        if dot:
            fields.setdefault(group, {})[inner] = value
        else:
            fields[name] = value
    return fields


def _looked_up(known: Mapping[str, Any], rule: Column) -> Converter:
    otherwise = MISSING if rule.carry else rule.default

    def convert(cell: Any) -> Any:
        value = known.get(values.text_of(cell), otherwise)
        if value is None:
            allowed = ", ".join(map(repr, known))
            raise ValueError(f"{cell!r:.60} is not in values ({allowed}); add it, or set default")
        return value

    return convert

"""Reads newline-delimited JSON: one object a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from deskpulse_connectors.files.lines import Lines
from deskpulse_connectors.files.rows import GROWING, Position, Row

_JSON: Mapping[type, str] = MappingProxyType(
    {
        list: "a list (write each object on a line of its own)",
        str: "a text",
        int: "a number",
        float: "a number",
        bool: "true or false",
        type(None): "null",
    }
)
"""What JSON calls a value that is no object."""


def read_ndjson(lines: Lines, start: Position) -> Iterator[Row]:
    """The objects from `start` on; `Row.cells` is the object. Blank lines are passed over."""
    lines.seek(start.at, start.line)
    for text in lines:
        here = Position(lines.offset, lines.line)
        cells, fault = _parsed(text, lines.fault)
        raw, ended = lines.raw if fault else cells, lines.ended
        lines.close()
        if ended:
            after = Position(lines.offset, lines.line)
        else:
            after, fault = here, fault and fault + GROWING
        if cells is not None or fault:
            yield Row(here.line, cells, after, raw, fault)


def _parsed(text: str, fault: str) -> tuple[dict[str, Any] | None, str]:
    if fault or not text.strip():
        return None, fault
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        return None, f"not JSON: {problem}"
    if isinstance(value, dict):
        return value, ""
    return None, f"a line holds one JSON object, this one holds {_JSON[type(value)]}"

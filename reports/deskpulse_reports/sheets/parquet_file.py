"""A sheet as Parquet: typed columns, for other programs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from deskpulse.untrusted import Untrusted
from deskpulse_reports.sheets.sheet import Cell, Sheet, framed, harmless


def render(sheet: Sheet) -> bytes:
    """The file. A column whose values are of several types becomes text."""
    import polars as pl

    columns, rows = framed(sheet)
    by_column = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    file = io.BytesIO()
    pl.DataFrame(
        [pl.Series(name, *_typed(values)) for name, values in zip(columns, by_column, strict=True)]
    ).write_parquet(file)
    return file.getvalue()


def _typed(values: Sequence[Cell]) -> tuple[list[Any], Any]:
    import polars as pl

    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {int, float}:
        return list(values), pl.Float64 if float in kinds else pl.Int64
    if kinds == {bool}:
        return list(values), pl.Boolean
    if kinds == {datetime}:
        return list(values), pl.Datetime("us", "UTC")
    return [None if value is None else _text(value) for value in values], pl.String


def _text(value: Cell) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return harmless(value if isinstance(value, str | Untrusted) else str(value))

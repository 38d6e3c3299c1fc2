"""A fact table of which nothing has been derived yet, as SQL."""

from __future__ import annotations

import polars as pl

from deskpulse_reports.kpis.columns import Customs, quoted
from deskpulse_reports.kpis.tables import TABLES

_CUSTOM_TYPES = {"bool": "BOOLEAN", "number": "DOUBLE", "text": "VARCHAR"}


def empty(table: str, customs: Customs) -> str:
    """A relation with a table's columns and no rows."""
    types = {name: _sql_type(kind) for name, kind in TABLES[table].items()}
    if table == "tickets":
        types |= {name: _CUSTOM_TYPES[kind] for name, kind in customs.items()}
    columns = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in types.items())
    return f"SELECT {columns} WHERE false"


def _sql_type(kind: pl.DataType | type[pl.DataType]) -> str:
    if kind == pl.List(pl.String):
        return "VARCHAR[]"
    names = {
        pl.String: "VARCHAR",
        pl.Int64: "BIGINT",
        pl.Int32: "INTEGER",
        pl.Float64: "DOUBLE",
        pl.Boolean: "BOOLEAN",
        pl.Date: "DATE",
    }
    return next(name for known, name in names.items() if kind == known)

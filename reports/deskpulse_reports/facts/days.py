"""The table of days."""

from __future__ import annotations

from datetime import date

import polars as pl

from deskpulse_reports.facts import record_schema
from deskpulse_reports.facts.facts import in_schema

_EPOCH = date(1970, 1, 1)


def days(first: date, last: date) -> pl.DataFrame:
    """One row a day from `first` to `last`, both included; none if `last` is before `first`."""
    day = pl.col("date")
    number = (day - pl.lit(_EPOCH)).dt.total_days()
    weekday = day.dt.weekday() - 1
    table = pl.select(date=pl.date_range(first, last, "1d")).with_columns(
        day=number,
        weekday=weekday,
        week=number - weekday,
        month=number - day.dt.day().cast(pl.Int32) + 1,
    )
    return in_schema(table, record_schema.DAYS)

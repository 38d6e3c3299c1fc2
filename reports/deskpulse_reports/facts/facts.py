"""The result of `derive`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts import schema

if TYPE_CHECKING:
    from deskpulse_reports.facts.schema import Schema

MICROS = 1_000_000
"""Microseconds in a second."""
REPEATED = (*schema.KEY, *schema.DIMENSIONS, "counted", "calendar")
"""What the rows of every table repeat from their ticket."""


@dataclass(frozen=True)
class Facts:
    """The fact tables of some tickets, exactly as `schema` describes them.

    Rows are in the order of source, ticket and (replies, reactions, stages) n; surveys and
    interactions by source and id; activities by what they were, each in the order of tickets and
    time.
    """

    tickets: pl.DataFrame
    replies: pl.DataFrame
    reactions: pl.DataFrame
    stages: pl.DataFrame
    surveys: pl.DataFrame
    interactions: pl.DataFrame
    activities: pl.DataFrame


def in_schema(frame: pl.DataFrame, columns: Schema) -> pl.DataFrame:
    """The frame with exactly these columns and types."""
    return frame.select(pl.col(name).cast(dtype) for name, dtype in columns.items())


def seconds(micros: pl.Expr) -> pl.Expr:
    """Microseconds as seconds, to the last bit whatever the number of rows.

    Polars divides a longer column by multiplying with the reciprocal; rounding undoes that.
    """
    return (micros / MICROS).round(6)

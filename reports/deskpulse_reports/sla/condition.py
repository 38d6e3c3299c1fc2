"""A condition on a ticket, and a policy's filter of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from deskpulse_reports.sla.field import column_of

Operator = Literal["is_one_of", "is_none_of", "has_one_of", "has_none_of", "present", "absent"]
"""`has_...` are for fields with many values: tags."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`values` are texts; where a field has no value, only `absent` and the negations hold."""

    field: str
    operator: Operator
    values: tuple[str, ...] = ()

    def holds(self) -> pl.Expr:
        """Whether it holds, on rows that have the field's column; never null."""
        column = pl.col(column_of(self.field))
        many = self.field == "tags"
        if self.operator in ("present", "absent"):
            there = column.list.len() > 0 if many else column.is_not_null()
            there = there.fill_null(value=False)
            return there if self.operator == "present" else ~there
        found = _any_tag(column, self.values) if many else column.is_in(list(self.values))
        if self.field == "team":  # team ids of two sources may be alike
            full = pl.concat_str("source", column, separator="/")
            found = found | full.is_in(list(self.values))
        found = found.fill_null(value=False)
        return found if self.operator in ("is_one_of", "has_one_of") else ~found


@dataclass(frozen=True, slots=True)
class Filter:
    """Every one of `every` holds, and one of `some` at least where there are any."""

    every: tuple[Condition, ...] = ()
    some: tuple[Condition, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """What it looks at."""
        return frozenset(condition.field for condition in (*self.every, *self.some))

    def holds(self) -> pl.Expr:
        """Whether the filter holds, on rows that have the columns of its fields."""
        parts = [condition.holds() for condition in self.every]
        if self.some:
            parts.append(pl.any_horizontal(condition.holds() for condition in self.some))
        return pl.all_horizontal(parts) if parts else pl.lit(value=True)


def _any_tag(tags: pl.Expr, wanted: Sequence[str]) -> pl.Expr:
    return tags.list.set_intersection(pl.lit(list(wanted), pl.List(pl.String))).list.len() > 0

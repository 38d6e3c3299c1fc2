"""Custom ticket fields as typed columns, so that a team's own KPIs can use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import polars as pl

CustomType = Literal["bool", "number", "text"]


def columns_of(customs: Mapping[str, CustomType]) -> dict[str, CustomType]:
    """The fact columns of these custom fields, by their names in the mart."""
    return {f"custom_{name}": kind for name, kind in customs.items()}


def with_customs(
    facts: pl.DataFrame, tickets: pl.DataFrame, customs: Mapping[str, CustomType]
) -> pl.DataFrame:
    """The ticket facts with a column `custom_NAME` for each declared field.

    `tickets` are the stored rows with `custom` as JSON text. A value that does not fit the declared
    type is null.
    """
    if not customs:
        return facts
    values = tickets.select(
        "source",
        pl.col("id").alias("ticket_id"),
        *[_column(name, kind) for name, kind in sorted(customs.items())],
    )
    return facts.join(values, on=["source", "ticket_id"], how="left")


def _column(name: str, kind: CustomType) -> pl.Expr:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    text = pl.col("custom").str.json_path_match(f'$["{quoted}"]')
    if kind == "number":
        text = text.cast(pl.Float64, strict=False)
    elif kind == "bool":
        lowered = text.str.to_lowercase()
        text = (
            pl.when(lowered.is_in(["true", "1", "yes"]))
            .then(pl.lit(value=True))
            .when(lowered.is_in(["false", "0", "no"]))
            .then(pl.lit(value=False))
        )
    return text.alias(f"custom_{name}")

"""Clocks as rows of the mart's table `sla`."""

from __future__ import annotations

import polars as pl

from deskpulse_reports.facts import schema
from deskpulse_reports.facts.facts import in_schema, seconds


def mart_rows(clocks: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """The clocks (columns of the store) with what their tickets are, in the table's columns."""
    repeated = [name for name in schema.DIMENSIONS if name != "priority"]
    of_ticket = tickets.select("source", "ticket_id", *repeated, "counted")
    joined = clocks.rename({"reason": "ended_by"}).join(
        of_ticket, on=["source", "ticket_id"], how="left", maintain_order="left"
    )
    broken = pl.col("state") == "breached"
    active = pl.col("state") == "active"
    return in_schema(
        joined.with_columns(
            ticket=pl.concat_str("source", "ticket_id", separator="/"),
            met=pl.when(pl.col("state") == "achieved")
            .then(pl.lit(value=True))
            .when(pl.col("state").is_in(["breached", "active"]))
            .then(pl.lit(value=False)),
            decided_at=pl.when(pl.col("state") == "achieved")
            .then("ended_at")
            .when(broken)
            .then("breached_at")
            .when(active)
            .then("due_at"),
            over_s=pl.when(broken & pl.col("ended_at").is_not_null()).then(
                pl.col("elapsed_s") - pl.col("target_s")
            ),
            to_breach_s=pl.when(broken | active).then(
                seconds(pl.coalesce("breached_at", "due_at") - pl.col("started_at"))
            ),
        ),
        schema.SLA,
    )

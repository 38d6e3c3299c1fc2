"""Surveys, and whether they are good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts import schema
from deskpulse_reports.facts.facts import in_schema

if TYPE_CHECKING:
    from deskpulse_reports.facts.holders import Holders

GOOD_FROM = 0.75
"""The share of its scale a score must reach: 1 of 0..1, 4 of 1..5 (kpis SA1, SA2)."""


def survey_facts(surveys: pl.DataFrame, tickets: pl.DataFrame, holders: Holders) -> pl.DataFrame:
    """The `surveys` table: one row a survey, by source and id.

    Credit goes to the survey's own agent and team, else to those who held the ticket when it was
    sent (when it was answered, if that is unknown; now, if both are).
    """
    surveys = (
        surveys.sort("source", "id")
        .rename(
            {
                "id": "survey_id",
                "kind": "survey_kind",
                "agent_id": "named_agent",
                "team_id": "named_team",
                "customer_id": "named_customer",
            }
        )
        .with_columns(gone=pl.col("removed_reason").is_not_null())
        .drop("removed_reason")
        .join(
            tickets.drop("removed_reason"),
            on=["source", "ticket_id"],
            how="left",
            maintain_order="left",
        )
    )
    moment = pl.coalesce("sent_at", "answered_at", pl.lit(2**62))
    asked = surveys.select(
        "row", instant=pl.max_horizontal(moment, "created_at"), line=pl.int_range(pl.len())
    ).sort("row", "instant")
    held = asked.hstack(holders.at(asked)).sort("line")
    return in_schema(
        surveys.with_columns(
            survey=pl.col("survey_kind"),
            customer_id=pl.coalesce("named_customer", "customer_id"),
            agent_id=pl.coalesce("named_agent", held["agent_id"]),
            team_id=pl.coalesce("named_team", held["team_id"]),
            counted=~pl.col("gone") & pl.col("counted").fill_null(value=True),
            good=pl.when(pl.col("survey_kind") == "csat").then(_good()),
        ),
        schema.SURVEYS,
    )


def _good() -> pl.Expr:
    score, low, high = pl.col("score"), pl.col("scale_min"), pl.col("scale_max")
    unsaid = low.is_null() & high.is_null() & score.is_in([0.0, 1.0])
    share = pl.when(unsaid).then(score).when(high > low).then((score - low) / (high - low))
    return pl.when("higher_is_better").then(share).otherwise(1 - share) >= GOOD_FROM

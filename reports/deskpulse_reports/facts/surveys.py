"""Surveys, whether they are good, and whether the answer was changed later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts import schema
from deskpulse_reports.facts.changes import RATING
from deskpulse_reports.facts.facts import in_schema

if TYPE_CHECKING:
    from deskpulse_reports.facts.history import History
    from deskpulse_reports.facts.holders import Holders

GOOD_FROM = 0.75
"""The share of its scale a score must reach: 1 of 0..1, 4 of 1..5 (kpis SA1, SA2)."""


def survey_facts(history: History, tickets: pl.DataFrame, holders: Holders) -> pl.DataFrame:
    """The `surveys` table: one row a survey, by source and id.

    Credit goes to the survey's own agent and team, else to those who held the ticket when it was
    sent (when it was answered, if that is unknown; now, if both are).
    """
    turned = _turned(history)
    surveys = (
        history.surveys.sort("source", "id")
        .join(turned, on=["source", "id"], how="left", maintain_order="left")
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
            points=_points(),
            good=pl.when(pl.col("survey_kind") == "csat").then(is_good(pl.col("score"))),
        ),
        schema.SURVEYS,
    )


def _points() -> pl.Expr:
    """The score, higher being better; null where its scale is unknown or does not hold it."""
    mirrored = pl.col("scale_min") + pl.col("scale_max") - pl.col("score")
    turned = pl.when("higher_is_better").then("score").otherwise(mirrored)
    return pl.when(pl.col("score").is_between("scale_min", "scale_max")).then(turned)


def _turned(history: History) -> pl.DataFrame:
    """Answers that were changed from good to bad or back: source, id and the last such change.

    A change of `rating` on a ticket belongs to the last satisfaction survey sent before it. Its
    values are `good` and `bad` (also `good_with_comment` and the like) or scores.
    """
    surveys = history.surveys.filter(
        (pl.col("kind") == "csat") & pl.col("ticket_id").is_not_null()
    ).select(
        *("source", "id", "ticket_id", "scale_min", "scale_max", "higher_is_better"),
        sent=pl.coalesce("sent_at", "answered_at", pl.lit(-(2**62))),
    )
    changes = history.changes.filter(pl.col("field") == RATING).select(
        *("source", "ticket_id", "changed_at", "seq", "old", "new"), change_id="id"
    )
    was, now = _verdict("old"), _verdict("new")
    return (
        changes.join(surveys, on=["source", "ticket_id"])
        .filter(pl.col("sent") <= pl.col("changed_at"))
        .sort("sent", "id")
        .unique(["source", "ticket_id", "change_id"], keep="last", maintain_order=True)
        .filter(was != now)
        .with_columns(
            turned=pl.when(now).then(pl.lit("bad_to_good")).otherwise(pl.lit("good_to_bad"))
        )
        .sort("changed_at", "seq", "change_id")
        .unique(["source", "id"], keep="last", maintain_order=True)
        .select("source", "id", "turned")
    )


def _verdict(name: str) -> pl.Expr:
    word = pl.col(name).str.to_lowercase()
    said = (
        pl.when(word.str.starts_with("good"))
        .then(pl.lit(value=True))
        .when(word.str.starts_with("bad"))
        .then(pl.lit(value=False))
    )
    return said.otherwise(is_good(word.cast(pl.Float64, strict=False)))


def is_good(score: pl.Expr) -> pl.Expr:
    """Whether a score is good on its scale; null where that cannot be told."""
    low, high = pl.col("scale_min"), pl.col("scale_max")
    holds = (high > low) & score.is_between(low, high)
    share = pl.when(holds).then((score - low) / (high - low))
    return pl.when("higher_is_better").then(share).otherwise(1 - share) >= GOOD_FROM

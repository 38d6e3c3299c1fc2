"""How a ticket was handed on: from nobody to an agent, from agent to agent, from team to team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.lines import beside, first_in_ticket

if TYPE_CHECKING:
    from deskpulse_reports.facts.settings import Settings

COUNTS = (
    "assignee_stations",
    "unique_assignees",
    "group_stations",
    "transfers",
    "escalations",
)
"""Counts of `assignments`: 0 where a ticket has no row."""


def assignments(
    spans: pl.DataFrame, tickets: pl.DataFrame, resolved: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """One row a ticket that an agent or a team held.

    Columns: row, first_assigned_at, last_assigned_at, escalated_at and `COUNTS`. `spans` are those
    of `stage_spans`, `resolved` has row and resolved_at of the tickets that are resolved.
    """
    agent, team = pl.col("agent_id"), pl.col("team_id")
    first = first_in_ticket()
    before = pl.when(~first).then(pl.col("last_team"))
    held = (
        spans.select("row", "started_at", "agent_id", "team_id")
        .join(resolved.select("row", "resolved_at"), on="row", how="left", maintain_order="left")
        .with_columns(
            got_agent=agent.is_not_null() & (first | agent.ne_missing(agent.shift(1))),
            got_team=team.is_not_null() & (first | team.ne_missing(team.shift(1))),
        )
        .filter(pl.col("got_agent") | pl.col("got_team") | first)
        .with_columns(last_team=_carried(team))
        .with_columns(last_team=pl.col("last_team").shift(1))
    )
    held = beside(held, tickets, "source")
    assigned = held.filter("got_agent")
    in_time = pl.col("resolved_at").is_null() | (pl.col("started_at") <= pl.col("resolved_at"))
    when = assigned.group_by("row").agg(
        first_assigned_at=pl.col("started_at").min(),
        last_assigned_at=pl.col("started_at").filter(in_time).max(),
        assignee_stations=pl.len(),
        unique_assignees=pl.col("agent_id").n_unique(),
    )
    moves = (
        held.filter(pl.col("got_team"))
        .select(
            "row", "source", "started_at", "team_id", moved=before.is_not_null() & (team != before)
        )
        .join(when.select("row", "first_assigned_at"), on="row", how="left")
        .with_columns(
            transfers=pl.col("moved") & (pl.col("started_at") > pl.col("first_assigned_at"))
        )
        .with_columns(escalations=_escalates(tickets, settings))
        .group_by("row")
        .agg(
            pl.col("transfers", "escalations").sum(),
            group_stations=pl.len(),
            escalated_at=pl.col("started_at").filter("escalations").min(),
        )
    )
    return when.join(moves, on="row", how="full", coalesce=True).with_columns(
        pl.col(COUNTS).fill_null(0)
    )


def _carried(team: pl.Expr) -> pl.Expr:
    """The team that a ticket has or last had; it is not carried from one ticket to the next."""
    return (
        pl.when(first_in_ticket())
        .then(pl.coalesce(team, pl.lit("")))
        .otherwise(team)
        .forward_fill()
        .replace("", None)
    )


def _escalates(tickets: pl.DataFrame, settings: Settings) -> pl.Expr:
    """Whether a move is an escalation, by the rules of its source."""
    escalates = pl.col("transfers")
    for source in tickets["source"].unique().sort():
        teams = settings.rules(source).escalation_teams
        if teams:
            escalates = (
                pl.when(pl.col("source") == source)
                .then(pl.col("moved") & pl.col("team_id").is_in(sorted(teams)))
                .otherwise(escalates)
            )
    return escalates

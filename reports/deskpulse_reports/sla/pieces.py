"""Instances cut into pieces, so that within one nothing changes but time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from deskpulse_reports.facts.words import is_done
from deskpulse_reports.sla.choice import NONE
from deskpulse_reports.sla.instances import RUNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskpulse.calendars import Calendars
    from deskpulse_reports.sla.promises import Rule

_UPDATES = ("periodic_update_time", "pausable_update_time")


_TERMS = ("policy", "target", "business", "own", "priority")


def pieces(
    found: pl.DataFrame,
    held: pl.DataFrame,
    targets: pl.DataFrame,
    calendars: Calendars,
    rules: Mapping[str, Rule],
) -> pl.DataFrame:
    """The pieces of every instance that has begun, in order of `number` and time.

    `found` are `instances` with their `number`; `held` the `situations` with the `policy` that
    applies; `rules` go by source. Columns: number, row, source, begins, ends (null: it goes on),
    status, runs, policy and target (null: none), business, priority, team_id, agent_id, calendar
    (the business one), wall and open (microseconds that passed by either clock; 0 where it does
    not run).

    What was begun on a solved ticket begins when the ticket is opened again, and is none if it
    never is; but a reply that a customer did get counts from the question.
    """
    begun = found.filter(pl.col("started_at").is_not_null())
    held = held.with_row_index("line")
    first = _line_at(begun, pl.col("started_at"), held)
    last = _line_at(begun, pl.col("ended_at") - 1, held)
    end_of_row = held.unique("row", keep="last", maintain_order=True).select("row", end="line")
    cut = (
        begun.join(end_of_row, on="row", how="left", maintain_order="left")
        .with_columns(first=first, last=last)
        .with_columns(last=pl.when(pl.col("ended_at").is_null()).then("end").otherwise("last"))
        .with_columns(last=pl.max_horizontal("first", "last"))
        .with_columns(line=pl.int_ranges("first", pl.col("last") + 1))
        .explode("line", empty_as_null=False, keep_nulls=False)
    )
    situation = held.drop("row")[cut["line"]]
    whole = cut.select("number", "row", "metric", "started_at", "ended_at", "ended_by").hstack(
        situation.drop("line")
    )
    replied = (pl.col("metric") == "next_reply_time") & (pl.col("ended_by") == "reply")
    waits_for_reopening = (
        pl.col("metric").is_in([*_UPDATES, "next_reply_time"])
        & ~replied.fill_null(value=False)
        & is_done("status")
    )
    whole = whole.with_columns(
        begins=pl.max_horizontal("since", "started_at"),
        ends=pl.min_horizontal("until", "ended_at"),
        runs=_runs(),
        asked=pl.col("priority").fill_null(NONE),
    ).filter(~waits_for_reopening)
    whole = whole.join(
        targets,
        left_on=["policy", "metric", "asked"],
        right_on=["policy", "metric", "priority"],
        how="left",
        maintain_order="left",
    )
    whole = whole.with_columns(
        policy=pl.when(pl.col("target").is_not_null()).then("policy"),
    )
    if "at_start" in rules.values():
        whole = _as_at_start(whole, rules)
    whole = whole.with_columns(calendar=pl.coalesce("own", "calendar"))
    return _timed(whole, calendars).select(
        "number",
        "row",
        "source",
        "begins",
        "ends",
        "status",
        "runs",
        "policy",
        "target",
        "business",
        "priority",
        "team_id",
        "agent_id",
        "calendar",
        "wall",
        "open",
    )


def _as_at_start(whole: pl.DataFrame, rules: Mapping[str, Rule]) -> pl.DataFrame:
    """By this rule the first target of an instance stays with it."""
    fixed = [source for source, rule in rules.items() if rule == "at_start"]
    promised = pl.col("target").is_not_null()
    since = promised.cum_sum().over("number") > 0
    return whole.with_columns(
        pl.when(pl.col("source").is_in(fixed) & since)
        .then(pl.col(name).filter(promised).first().over("number"))
        .otherwise(pl.col(name))
        .alias(name)
        for name in _TERMS
    )


def _line_at(begun: pl.DataFrame, instant: pl.Expr, held: pl.DataFrame) -> pl.Series:
    """The line of `held` that holds at each instance's instant; null before the first."""
    asked = begun.select("row", instant=instant, place=pl.int_range(pl.len()))
    then = (
        asked.drop_nulls("instant")
        .sort("row", "instant")
        .join_asof(
            held.select("row", "since", "line"),
            left_on="instant",
            right_on="since",
            by="row",
            check_sortedness=False,  # both are in order within each ticket
        )
    )
    return (
        asked.select("place")
        .join(then.select("place", "line"), on="place", how="left", maintain_order="left")["line"]
        .cast(pl.Int64)
    )


def _runs() -> pl.Expr:
    runs = pl.lit(value=False)
    for metric, statuses in RUNS.items():
        mine = pl.col("metric") == metric
        runs = pl.when(mine).then(pl.col("status").is_in(list(statuses))).otherwise(runs)
    return runs


def _timed(whole: pl.DataFrame, calendars: Calendars) -> pl.DataFrame:
    number = whole["calendar"].to_numpy()
    begins = whole["begins"].to_numpy()
    ends = whole["ends"].fill_null(whole["begins"]).to_numpy()
    runs = whole["runs"].to_numpy()
    opened = calendars.open_before(number, ends) - calendars.open_before(number, begins)
    return whole.with_columns(
        wall=pl.Series(np.where(runs, ends - begins, 0), dtype=pl.Int64),
        open=pl.Series(np.where(runs, opened, 0), dtype=pl.Int64),
    )

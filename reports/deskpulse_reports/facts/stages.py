"""Spans of constant status, assignee and team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts import schema
from deskpulse_reports.facts.facts import REPEATED, in_schema, seconds
from deskpulse_reports.facts.holders import HELD
from deskpulse_reports.facts.lines import (
    beside,
    first_in_ticket,
    last_in_ticket,
    number_in_ticket,
)
from deskpulse_reports.facts.time_by_status import cells, time_by_status
from deskpulse_reports.facts.words import STATUS, is_unsolved

if TYPE_CHECKING:
    from deskpulse_reports.facts.clock import TicketClock
    from deskpulse_reports.facts.holders import Holders


def stage_spans(
    statuses: pl.DataFrame, holders: Holders, tickets: pl.DataFrame, clock: TicketClock
) -> pl.DataFrame:
    """The spans of each ticket in order; they tile the time from creation to removal or now.

    Durations are in microseconds, open ones null. `started_open` and `ended_open` read the
    ticket's business clock. Every change of status begins a span, of length 0 if need be; of
    assignees and teams of one instant only the last counts.
    """
    spans = beside(_spans(statuses, holders), tickets, "removed_at")
    spans = spans.with_columns(
        n=number_in_ticket(),
        ended_at=pl.when("last").then("removed_at").otherwise(pl.col("started_at").shift(-1)),
        started_open=clock.read(spans["row"], spans["started_at"]),
        unsolved=is_unsolved("stage"),
    )
    gone = spans.select("row", removed_at=pl.when("last").then("removed_at"))
    ended_open = pl.when("last").then(clock.read(gone["row"], gone["removed_at"]))
    unsolved = pl.col("unsolved")
    return spans.with_columns(
        ended_open=ended_open.otherwise(pl.col("started_open").shift(-1)),
        enters=unsolved & (pl.col("first") | ~unsolved.shift(1, fill_value=False)),
        leaves=unsolved
        & pl.col("ended_at").is_not_null()
        & (pl.col("last") | ~unsolved.shift(-1, fill_value=False)),
    ).drop("removed_at", "first", "last")


def _spans(statuses: pl.DataFrame, holders: Holders) -> pl.DataFrame:
    told = pl.col("status").is_not_null()
    ends_instant = last_in_ticket() | (pl.col("instant") != pl.col("instant").shift(-1))
    held = [
        pl.when(ends_instant).then(pl.col(name).forward_fill()).backward_fill().alias(name)
        for name in HELD
    ]
    begun = pl.when(first_in_ticket()).then("row").cast(pl.Int64)  # first holders: line = row
    columns = ["row", "instant", "place", "status", "resolves", *HELD]
    moves = holders.moves.with_columns(
        status=pl.lit(None, STATUS), resolves=pl.lit(value=False)
    ).select(columns)
    brought = statuses.with_columns(begun.alias(name) for name in HELD).select(columns)
    events = (
        pl.concat([brought, moves])
        .sort("row", "instant", "place", maintain_order=True)
        .with_columns(pl.col("status").forward_fill(), *held, stands=told | ends_instant)
        .filter("stands")
    )
    spans = events.select(
        "row",
        "resolves",
        stage="status",
        started_at="instant",
        **{name: values.gather(events[name]) for name, values in holders.values.items()},
    )
    differs = [pl.col(name).ne_missing(pl.col(name).shift(1)) for name in ("row", "stage", *HELD)]
    return spans.filter(pl.any_horizontal(differs)).with_columns(
        first=first_in_ticket(), last=last_in_ticket()
    )


def stage_facts(spans: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """The `stages` table.

    `total_s` sums what a stage took until the ticket's resolution (kpis WL4); it is null for
    solved and closed, which are no work, and for a stage first entered after the resolution.
    """
    totals = _totals(beside(spans, tickets, "resolved_at", "resolved_open"), len(tickets))
    return in_schema(
        beside(spans, tickets, *REPEATED, "resolved_at").with_columns(
            s=seconds(pl.col("ended_at") - pl.col("started_at")),
            business_s=seconds(pl.col("ended_open") - pl.col("started_open")),
            started_open_s=seconds(pl.col("started_open")),
            **totals,
        ),
        schema.STAGES,
    )


def _totals(spans: pl.DataFrame, tickets: int) -> dict[str, pl.Expr]:
    begun = pl.col("unsolved") & (pl.col("started_at") <= pl.col("resolved_at")).fill_null(
        value=False
    )
    place = cells(spans)
    shown = spans.select(begun & pl.Series(place).is_first_distinct()).to_series()
    totals: dict[str, pl.Expr] = {}
    for unit, clock in (("at", "_s"), ("open", "_business_s")):
        stop = pl.col(f"resolved_{unit}")
        until = pl.min_horizontal(stop, pl.col(f"ended_{unit}").fill_null(stop))
        time = pl.when(begun).then(until - pl.col(f"started_{unit}")).otherwise(0)
        table = time_by_status(spans, spans.select(time).to_series(), tickets)
        total = pl.Series(table.ravel()[place])
        totals[f"total{clock}"] = pl.when(shown).then(seconds(pl.lit(total)))
    return totals

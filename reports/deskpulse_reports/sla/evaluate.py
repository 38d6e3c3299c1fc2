"""From the history of tickets and what is promised to their clocks: pure, many at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from deskpulse_reports.facts.facts import seconds
from deskpulse_reports.facts.lines import beside
from deskpulse_reports.sla.choice import chosen, targets
from deskpulse_reports.sla.clock import COLUMNS
from deskpulse_reports.sla.history_mark import history_marks
from deskpulse_reports.sla.instances import instances
from deskpulse_reports.sla.pieces import pieces
from deskpulse_reports.sla.situations import situations
from deskpulse_reports.sla.verdicts import NEVER, arrays, verdicts

if TYPE_CHECKING:
    from deskpulse_reports.facts.events import Events
    from deskpulse_reports.facts.settings import Settings
    from deskpulse_reports.sla.promises import Promises
    from deskpulse_reports.sla.verdicts import Ints, Pieces, Verdicts

GONE = ("deleted", "spam", "merged", "missing")
EVALUATED = {**COLUMNS, "ended": pl.Boolean, "promised": pl.Boolean}
"""What `evaluate` returns: the columns of the store, and `ended` (by what happened on the ticket)
and `promised` (a policy has, or had, a target for it)."""


def evaluate(
    events: Events,
    tickets: pl.DataFrame,
    settings: Settings,
    promises: Promises,
    *,
    custom: pl.DataFrame | None = None,
    metrics: Collection[str] = (),
) -> pl.DataFrame:
    """Every clock of these tickets in the columns of `EVALUATED`, by source, ticket, metric and n.

    `tickets` are the facts of the same history. `custom` has source, id and custom fields as JSON
    text, wherever `promises.customs` asks for any. Of `metrics` clocks are returned also where
    nothing is promised (`promised` is false): their verdict may be kept. Pure and free of "now".
    """
    wanted = promises.metrics | set(metrics)
    if not wanted or tickets.is_empty():
        return pl.DataFrame(schema=EVALUATED)
    held = situations(events, tickets, custom, promises.customs)
    found = instances(events, tickets, held, wanted).with_columns(
        number=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    held = held.with_columns(policy=chosen(promises.judged))
    table = targets(promises.judged, settings.calendars)
    frame = pieces(found, held, table, settings.calendars, promises.rules)
    cut = arrays(frame, promises.rules)
    outcome = verdicts(cut, settings.calendars)
    found = found.with_columns(history=history_marks(events, found))
    begun = _begun(found, frame, cut, outcome, settings.calendars.names)
    return (
        pl.concat([_credited(begun, events), _waiting(found, held, table)], how="diagonal")
        .pipe(_with_names, events, promises)
        .sort("row", "metric", "started_at", nulls_last=True)
        .with_columns(n=pl.int_range(1, pl.len() + 1).over("row", "metric"))
        .select(pl.col(name).cast(dtype) for name, dtype in EVALUATED.items())
    )


def _begun(
    found: pl.DataFrame,
    frame: pl.DataFrame,
    cut: Pieces,
    outcome: Verdicts,
    calendars: tuple[str, ...],
) -> pl.DataFrame:
    """The clocks that have begun."""
    known = found[frame["number"].gather(cut.lead)]
    at_last = np.where(outcome.last == NEVER, cut.lead, outcome.last)
    final = frame[at_last]
    names = pl.Series(calendars)
    ended = pl.col("ended_at").is_not_null()
    broken = pl.col("breached_at").is_not_null()
    gone = pl.col("ended_by").is_in(GONE).fill_null(value=False)
    clocks = known.select("row", "metric", "ended_at", "ended_by", "author_id", "history").hstack(
        final.select(
            "policy", "target", "business", "priority", "team_id", "agent_id", "status", "runs"
        )
    )
    clocks = clocks.with_columns(
        calendar=pl.when("business").then(names.gather(final["calendar"])).otherwise(pl.lit("")),
        started_at=frame["begins"].gather(cut.begins_leg),
        standing_at=final["begins"],
        piece_ends=final["ends"],
        elapsed=pl.Series(outcome.elapsed),
        due_at=_instants(outcome.due_at),
        breached_at=_instants(outcome.breached_at),
        dropped=pl.Series(outcome.dropped),
        promised=pl.Series(outcome.last != NEVER),
        ended=ended,
    )
    dropped = pl.col("dropped")
    state = (
        pl.when(gone & ended & ~dropped)
        .then(pl.lit("cancelled"))
        .when(broken)
        .then(pl.lit("breached"))
        .when(dropped)
        .then(pl.lit("cancelled"))
        .when(ended)
        .then(pl.lit("achieved"))
        .when("runs")
        .then(pl.lit("active"))
        .otherwise(pl.lit("paused"))
    )
    over = ended | dropped
    return clocks.with_columns(
        state=state,
        running=~over & (pl.col("runs") | broken),
        ended_at=pl.when(dropped).then("piece_ends").otherwise("ended_at"),
        standing_at=pl.when(over)
        .then(pl.coalesce("piece_ends", "ended_at"))
        .otherwise("standing_at"),
        reason=pl.when(dropped)
        .then(pl.lit("policy"))
        .when(ended)
        .then("ended_by")
        .when(~pl.col("runs"))
        .then(pl.col("status").cast(pl.String))
        .otherwise(pl.lit("")),
    )


def _credited(clocks: pl.DataFrame, events: Events) -> pl.DataFrame:
    """Who answers for it: who replied, else who held the ticket when the clock ended, or now.

    A clock that lost its target belongs to who held the ticket until then.
    """
    asked = clocks.with_row_index("place").select(
        "row", "place", instant=pl.coalesce("ended_at", pl.lit(2**62))
    )
    asked = asked.sort("row", "instant")
    held = events.holders.at(asked).with_columns(place=asked["place"]).sort("place")
    until = pl.col("dropped") | (pl.col("ended_by") == "moved").fill_null(value=False)
    return clocks.with_columns(
        agent_id=pl.coalesce(
            "author_id", pl.when(until).then("agent_id").otherwise(held["agent_id"])
        ),
        team_id=pl.when(until).then("team_id").otherwise(held["team_id"]),
    )


def _waiting(found: pl.DataFrame, held: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The clocks that wait for a customer to write: what is promised is what holds now."""
    now = held.unique("row", keep="last", maintain_order=True)
    waiting = found.filter(pl.col("started_at").is_null()).join(
        now.select("row", "policy", "priority", "team_id", "agent_id"), on="row", how="left"
    )
    waiting = waiting.join(
        table,
        left_on=["policy", "metric", pl.col("priority").fill_null("")],
        right_on=["policy", "metric", "priority"],
        how="left",
    )
    gone = pl.col("ended_at").is_not_null()
    return waiting.select(
        "row",
        "metric",
        "history",
        "policy",
        "target",
        "business",
        "priority",
        "team_id",
        "agent_id",
        "ended_at",
        calendar=pl.lit(""),
        elapsed=pl.lit(0, pl.Int64),
        state=pl.when(gone).then(pl.lit("cancelled")).otherwise(pl.lit("not_started")),
        running=pl.lit(value=False),
        reason=pl.when(gone).then("ended_by").otherwise(pl.lit("customer")),
        ended=gone,
        promised=pl.col("target").is_not_null(),
    )


def _with_names(clocks: pl.DataFrame, events: Events, promises: Promises) -> pl.DataFrame:
    keys = pl.Series([policy.key for policy in promises.judged], dtype=pl.String)
    named = beside(clocks, events.tickets, "source", "ticket_id")
    return named.with_columns(
        policy=keys.gather(named["policy"]).fill_null(""),
        clock=pl.when("business").then(pl.lit("business")).otherwise(pl.lit("calendar")),
        target_s=seconds(pl.col("target")).fill_null(0.0),
        elapsed_s=seconds(pl.col("elapsed")),
    )


def _instants(values: Ints) -> pl.Series:
    found = pl.Series(values, dtype=pl.Int64)
    return found.set(found == NEVER, None)

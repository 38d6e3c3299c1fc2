"""Where the clocks of each metric begin and end, whatever is promised."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.lines import beside, first_in_ticket
from deskpulse_reports.facts.statuses import INITIAL
from deskpulse_reports.facts.words import DONE, UNSOLVED, is_done

if TYPE_CHECKING:
    from deskpulse_reports.facts.events import Events

_NOT_PENDING = ("new", "open", "on_hold")
RUNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "first_reply_time": (*UNSOLVED, *DONE),
        "next_reply_time": (*UNSOLVED, *DONE),
        "periodic_update_time": UNSOLVED,
        "pausable_update_time": _NOT_PENDING,
        "requester_wait_time": _NOT_PENDING,
        "agent_work_time": ("new", "open"),
        "total_resolution_time": UNSOLVED,
        "ownership_time": _NOT_PENDING,
    }
)
"""The statuses in which the clock of a metric runs; in others it is paused."""

_BEFORE_STATUSES = -(2**62)
_COLUMNS = ("row", "started_at", "ended_at", "ended_by", "author_id")


def instances(
    events: Events, tickets: pl.DataFrame, held: pl.DataFrame, metrics: Collection[str]
) -> pl.DataFrame:
    """Every instance of these metrics by row, metric and start.

    Columns: row, metric, started_at (null: not started), ended_at (null: it goes on), ended_by
    (reply, solved, moved, or why the ticket is gone) and author_id of an ending reply. One that
    would end at the instant it began is none, unless a first reply ended it. `held` are the
    `situations`.
    """
    makers: Mapping[str, Callable[[], pl.DataFrame]] = {
        "first_reply_time": lambda: _first_reply(events, tickets),
        "next_reply_time": lambda: _next_replies(events, tickets),
        "periodic_update_time": lambda: _updates(events),
        "pausable_update_time": lambda: _updates(events),
        "requester_wait_time": lambda: _whole(events),
        "agent_work_time": lambda: _whole(events),
        "total_resolution_time": lambda: _whole(events),
        "ownership_time": lambda: _stays(held),
    }
    found = [
        made().select(_COLUMNS).with_columns(metric=pl.lit(metric))
        for metric, made in makers.items()
        if metric in metrics
    ]
    gone = beside(pl.concat(found), events.tickets, "removed_at", "removed_reason")
    cut = pl.col("removed_at").is_not_null() & (
        pl.col("ended_at").is_null() | (pl.col("ended_at") > pl.col("removed_at"))
    )
    begun = pl.col("removed_at").is_null() | (pl.col("started_at") <= pl.col("removed_at"))
    empty = (pl.col("started_at") == pl.col("ended_at")) & (
        (pl.col("metric") != "first_reply_time") | (pl.col("ended_by") != "reply")
    )
    return (
        gone.filter(begun.fill_null(value=True))
        .with_columns(
            ended_at=pl.when(cut).then("removed_at").otherwise("ended_at"),
            ended_by=pl.when(cut).then("removed_reason").otherwise("ended_by"),
            author_id=pl.when(~cut).then("author_id"),
        )
        .filter(~empty.fill_null(value=False))
        .select("metric", *_COLUMNS)
        .sort("row", "metric", "started_at", maintain_order=True)
    )


def _first_reply(events: Events, tickets: pl.DataFrame) -> pl.DataFrame:
    """From creation to the first reply or solve; a ticket of an agent: from the customer's word."""
    by_agent = (pl.col("initiated_by") == "agent").fill_null(value=False)
    reply, end = pl.col("first_reply_at"), pl.col("solve_at")
    replied = reply.is_not_null() & (end.is_null() | (reply <= end))
    began = tickets.select(
        "row",
        "created_at",
        "first_reply_at",
        "first_reply_agent_id",
        "initiated_by",
    )
    began = began.join(_first_solves(events), on="row", how="left", maintain_order="left").select(
        "row",
        asked=by_agent,
        started_at="created_at",
        ended_at=pl.when(replied).then(reply).otherwise(end),
        ended_by=_ended(replied, end),
        author_id=pl.when(replied).then("first_reply_agent_id"),
    )
    waits = _waits(events).unique("row", keep="first", maintain_order=True)
    theirs = began.filter("asked").select("row").join(waits, on="row", how="left")
    return pl.concat([began.filter(~pl.col("asked")).select(_COLUMNS), theirs.select(_COLUMNS)])


def _next_replies(events: Events, tickets: pl.DataFrame) -> pl.DataFrame:
    """The waits that begin after the first reply, or after the solve that made it needless."""
    first = _first_reply(events, tickets).select("row", first_end="ended_at")
    return _waits(events).join(first, on="row").filter(pl.col("started_at") > pl.col("first_end"))


def _waits(events: Events) -> pl.DataFrame:
    waits = events.waits
    return waits.with_columns(
        started_at=pl.max_horizontal(
            "started_at", events.tickets["created_at"].gather(waits["row"])
        ),
        author_id=events.messages["author_id"].gather(waits["answered_in"]),
    )


def _updates(events: Events) -> pl.DataFrame:
    """From each public message of an agent to the next, or to the solve."""
    spoken = events.messages.filter(pl.col("agent") & pl.col("public")).select(
        "row",
        pl.col("author_id"),
        instant=pl.max_horizontal("sent_at", "created_at"),
        place=pl.int_range(pl.len(), dtype=pl.Int64) + _BEFORE_STATUSES,
    )
    ended = events.statuses.filter("ends").select("row", "instant", "place")
    lines = pl.concat([spoken, ended], how="diagonal").sort("row", "instant", "place")
    follows = pl.col("row") == pl.col("row").shift(-1)
    by_reply = pl.col("place").shift(-1) < INITIAL
    return lines.with_columns(
        started_at="instant",
        ended_at=pl.when(follows).then(pl.col("instant").shift(-1)),
        ended_by=pl.when(follows & by_reply)
        .then(pl.lit("reply"))
        .when(follows)
        .then(pl.lit("solved")),
        author_id=pl.when(follows & by_reply).then(pl.col("author_id").shift(-1)),
    ).filter(pl.col("place") < INITIAL)


def _whole(events: Events) -> pl.DataFrame:
    """From creation to the solve after which the ticket was not opened again."""
    done = is_done("status")
    opens = events.statuses.with_columns(
        solves=done & ~done.shift(1, fill_value=False) | done & first_in_ticket()
    )
    last = opens.unique("row", keep="last", maintain_order=True).select(
        "row", stays_done=is_done("status")
    )
    solves = (
        opens.filter("solves")
        .unique("row", keep="last", maintain_order=True)
        .select("row", solve_at="instant")
        .join(last.filter("stays_done"), on="row", how="semi")
    )
    return (
        events.tickets.select("row", started_at="created_at")
        .join(solves, on="row", how="left", maintain_order="left")
        .with_columns(
            ended_at="solve_at",
            ended_by=pl.when(pl.col("solve_at").is_not_null()).then(pl.lit("solved")),
            author_id=pl.lit(None, pl.String),
        )
    )


def _stays(held: pl.DataFrame) -> pl.DataFrame:
    """From a team's getting an unsolved ticket to its leaving the team, or to the solve."""
    with_team = pl.col("team_id").is_not_null() & ~is_done("status")
    begins = (
        first_in_ticket()
        | pl.col("team_id").ne_missing(pl.col("team_id").shift(1))
        | (with_team != with_team.shift(1))
    )
    stays = held.filter(begins).with_columns(with_team.alias("stays"))
    follows = pl.col("row") == pl.col("row").shift(-1)
    solved = is_done("status").shift(-1)
    return stays.with_columns(
        started_at="since",
        ended_at=pl.when(follows).then(pl.col("since").shift(-1)),
        ended_by=pl.when(follows & solved)
        .then(pl.lit("solved"))
        .when(follows)
        .then(pl.lit("moved")),
        author_id=pl.lit(None, pl.String),
    ).filter("stays")


def _first_solves(events: Events) -> pl.DataFrame:
    return (
        events.statuses.filter("ends")
        .unique("row", keep="first", maintain_order=True)
        .select("row", solve_at="instant")
    )


def _ended(replied: pl.Expr, end: pl.Expr) -> pl.Expr:
    return pl.when(replied).then(pl.lit("reply")).when(end.is_not_null()).then(pl.lit("solved"))

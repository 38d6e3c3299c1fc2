"""Calls and chats: how long they took, and what they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from deskpulse_reports.facts.facts import seconds
from deskpulse_reports.facts.words import plausible

if TYPE_CHECKING:
    from deskpulse_reports.facts.settings import Settings

_DURATIONS = ("wait_s", "talk_s", "hold_s", "wrap_up_s")
_INSTANTS = ("queued_at", "answered_at", "ended_at")


def interaction_rows(
    interactions: pl.DataFrame, tickets: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """The `interactions` table by source and id, with `row` and `gone`.

    `tickets` is the table of `ticket_facts`; an interaction whose ticket is unknown stands for
    itself.
    """
    rows = (
        interactions.sort("source", "id")
        .rename(
            {
                "id": "interaction_id",
                "channel": "own_channel",
                "customer_id": "own_customer_id",
                "agent_id": "own_agent_id",
                "team_id": "own_team_id",
            }
        )
        .with_columns(
            *(plausible(name) for name in _INSTANTS),
            gone=pl.col("removed_reason").is_not_null(),
            flawed=pl.any_horizontal(_impossible(name) for name in _DURATIONS),
        )
        .drop("removed_reason")
        .join(
            tickets.drop("removed_reason"),
            on=["source", "ticket_id"],
            how="left",
            maintain_order="left",
            suffix="_of_ticket",
        )
        .with_columns(
            *(pl.when(~_impossible(name)).then(name).alias(name) for name in _DURATIONS),
            channel="own_channel",
            customer_id=pl.coalesce("own_customer_id", "customer_id"),
            agent_id="own_agent_id",
            team_id="own_team_id",
            started_at=pl.coalesce(_INSTANTS),
            counted=~pl.col("gone") & pl.col("counted").fill_null(value=True),
            initiated_by=pl.when(pl.col("direction") == "inbound")
            .then(pl.lit("customer"))
            .when(pl.col("direction") == "outbound")
            .then(pl.lit("agent"))
            .otherwise("initiated_by"),
        )
        .with_columns(outcome=_outcome())
        .with_columns(wait_s=_wait(), talk_s=_talk())
        .with_columns(handle_s=_handle())
    )
    return _with_hours(rows, settings)


def _impossible(name: str) -> pl.Expr:
    column = pl.col(name)
    return (~column.is_finite() | (column < 0)).fill_null(value=False)


def _outcome() -> pl.Expr:
    answered = pl.col("answered_at").is_not_null() | (pl.col("talk_s") > 0)
    return pl.coalesce("outcome", pl.when(answered).then(pl.lit("answered")))


def _span(start: str, end: str) -> pl.Expr:
    """Seconds between two instants; null where one is unknown or they are the wrong way round."""
    passed = pl.col(end) - pl.col(start)
    return pl.when(passed >= 0).then(seconds(passed))


def _wait() -> pl.Expr:
    waited = (
        pl.when(pl.col("answered_at").is_not_null())
        .then(_span("queued_at", "answered_at"))
        .when(pl.col("outcome").ne_missing("answered"))
        .then(_span("queued_at", "ended_at"))
    )
    return pl.coalesce("wait_s", waited)


def _talk() -> pl.Expr:
    talked = _span("answered_at", "ended_at") - pl.col("hold_s").fill_null(0.0)
    return pl.coalesce("talk_s", pl.when(talked >= 0).then(talked))


def _handle() -> pl.Expr:
    parts = pl.col("talk_s") + pl.col("hold_s").fill_null(0.0) + pl.col("wrap_up_s").fill_null(0.0)
    return pl.when(pl.col("outcome") == "answered").then(parts)


def _with_hours(rows: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add `calendar` and `in_hours`: whether that calendar was open at the very start."""
    names = pl.Series(
        [
            calendar if calendar is not None else settings.calendar(source, None, team)
            for source, team, calendar in rows.select("source", "team_id", "calendar").iter_rows()
        ],
        dtype=pl.String,
    )
    known = rows["started_at"].is_not_null()
    started = rows["started_at"].fill_null(0).to_numpy()
    number = {name: settings.calendars.number(name) for name in names.unique()}
    numbers = np.array([number[name] for name in names], dtype=np.int64)
    passed = settings.calendars.between(numbers, started, started + 1)
    open_then = pl.Series(np.asarray(passed) > 0)
    return rows.with_columns(calendar=names, in_hours=pl.when(known).then(open_then))

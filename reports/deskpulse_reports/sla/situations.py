"""The situations of a ticket: spans in which nothing changes that a promise may depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.changes import TRAITS
from deskpulse_reports.facts.lines import beside
from deskpulse_reports.facts.words import STATUS
from deskpulse_reports.sla.field import CUSTOM, STANDING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskpulse_reports.facts.events import Events

_COLUMN = {name: name for name in TRAITS} | {"team": "team_id", "assignee": "agent_id"}
_NOW = {name: name for name in TRAITS} | {"team": "team_id", "assignee": "assignee_id"}
_NOTHING = ""
"""Stands for "no value", so that filling forward does not reach over it."""


def situations(
    events: Events, tickets: pl.DataFrame, custom: pl.DataFrame | None, customs: Iterable[str]
) -> pl.DataFrame:
    """By ticket row and `since`: what holds from then until `until` (null: it still does).

    Columns: row, since, until, status, calendar (number), the changing fields under the names of
    their columns (`tags` is a list), the standing ones, and `custom.NAME`. What changes at one
    instant holds from that instant on. `tickets` are the facts in the order of rows; `custom` has
    source, id and the custom fields as JSON text.
    """
    steps = pl.concat(
        [_beginnings(events), _statuses(events), _traits(events), _calendars(events)],
        how="diagonal",
    ).sort("row", "since", "place", maintain_order=True)
    carried = ["status", "calendar", *_COLUMN.values()]
    held = (
        steps.with_columns(pl.col(carried).forward_fill())
        .unique(["row", "since"], keep="last", maintain_order=True)
        .drop("place")
    )
    texts = [
        pl.when(pl.col(name) != _NOTHING).then(name).alias(name)
        for name in _COLUMN.values()
        if name != "tags"
    ]
    held = held.with_columns(*texts, pl.col("tags").str.extract_all(r"[^\s,]+"))
    held = beside(held, events.tickets, "removed_at").with_columns(
        until=pl.when(pl.col("row") == pl.col("row").shift(-1))
        .then(pl.col("since").shift(-1))
        .otherwise("removed_at")
    )
    standing = tickets.select(STANDING.values())
    names = tuple(customs)
    if names:
        standing = standing.hstack(_customs(tickets, custom, names))
    return held.drop("removed_at").hstack(standing[held["row"]])


def _beginnings(events: Events) -> pl.DataFrame:
    """What every ticket was at first: what its first change came from, else what it is now."""
    tickets = events.tickets.with_columns(tags=pl.col("tags").list.join(" "))
    found = events.firsts.select(
        "row",
        since="created_at",
        place=pl.lit(-1, pl.Int64),
        status="initial",
        calendar=pl.Series(events.clock.numbers, dtype=pl.Int64),
    )
    for field, column in _COLUMN.items():
        before = (
            events.traits.filter(pl.col("field") == field)
            .unique("row", keep="first", maintain_order=True)
            .select("row", old=pl.col("old").fill_null(_NOTHING))
        )
        first = tickets.select("row", now=_NOW[field]).join(
            before, on="row", how="left", maintain_order="left"
        )
        found = found.with_columns(
            first.select(pl.coalesce("old", "now", pl.lit(_NOTHING)).alias(column)).to_series()
        )
    return found


def _statuses(events: Events) -> pl.DataFrame:
    return events.statuses.select(
        "row", pl.col("status").cast(STATUS), since="instant", place=pl.lit(0, pl.Int64)
    )


def _traits(events: Events) -> pl.DataFrame:
    value = pl.col("new").fill_null(_NOTHING)
    columns = {
        column: pl.when(pl.col("field") == field).then(value) for field, column in _COLUMN.items()
    }
    return events.traits.select("row", since="instant", place=pl.lit(0, pl.Int64), **columns)


def _calendars(events: Events) -> pl.DataFrame:
    """Where the ticket's schedule changed on its way."""
    if events.clock.stretches.is_empty():
        return pl.DataFrame(schema={"row": events.tickets.schema["row"]})
    return events.clock.stretches.select(
        "row", "since", calendar="number", place=pl.lit(0, pl.Int64)
    )


def _customs(
    tickets: pl.DataFrame, custom: pl.DataFrame | None, names: tuple[str, ...]
) -> pl.DataFrame:
    """Custom fields as texts: truths as `true` and `false`, numbers as they are written."""
    if custom is None:
        return pl.select(
            pl.repeat(None, len(tickets), dtype=pl.String).alias(CUSTOM + n) for n in names
        )
    values = custom.select(
        "source",
        pl.col("id").alias("ticket_id"),
        *(pl.col("custom").str.json_path_match(_path(n)).alias(CUSTOM + n) for n in names),
    )
    joined = tickets.select("source", "ticket_id").join(
        values, on=["source", "ticket_id"], how="left", maintain_order="left"
    )
    return joined.drop("source", "ticket_id")


def _path(name: str) -> str:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'$["{quoted}"]'

"""The status of each ticket through time, by the rules of its source."""

from __future__ import annotations

import polars as pl

from deskpulse_reports.facts.lines import beside, first_in_ticket, of_each
from deskpulse_reports.facts.words import STATUS, is_done, is_unsolved

INITIAL, _SOLVE, _CLOSE = -1, 2**62, 2**62 + 1
"""Places of events that no change tells: before and after all those of their instant."""

_EVENT = ("row", "instant", "place", "id", "status")


def first_statuses(changes: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
    """One row a ticket: its `initial` status, and whether it is read by what it states.

    A status change at creation that comes from nothing states the initial status (`told`, with
    the change's `id`); else it is what the first change came from; else, without any change, the
    ticket's own; else new.

    A ticket is `stated` if its source is trusted so, or if it has no status change but states an
    end. One that is done without saying when falls back on its history.
    """
    known = changes.drop_nulls("status")
    first = (
        known.filter(first_in_ticket())
        .with_columns(pl.col("old").cast(STATUS, strict=False), nothing=pl.col("old").is_null())
        .select("row", "nothing", pl.col("id", "old", "status", "instant").name.prefix("first_"))
    )
    observed = known.filter("observed").select("row", observed=True).unique()
    changed = pl.col("first_status").is_not_null()
    told = changed & pl.col("nothing") & (pl.col("first_instant") == pl.col("created_at"))
    has_end = pl.col("solved_at").is_not_null() | pl.col("closed_at").is_not_null()
    done = is_done("status").fill_null(value=False)
    new = pl.lit("new", STATUS)
    return (
        tickets.select(
            "row",
            "created_at",
            "removed_at",
            "solved_at",
            "closed_at",
            "trusts_stated",
            "closed_counts",
            pl.col("status").cast(STATUS, strict=False),
        )
        .hstack(of_each(first, len(tickets)))
        .hstack(of_each(observed, len(tickets)))
        .with_columns(
            pl.col("observed").fill_null(value=False),
            told=told.fill_null(value=False),
            stated=pl.when("trusts_stated").then(has_end | ~done).otherwise(has_end & ~changed),
            initial=pl.when(told)
            .then("first_status")
            .when(changed)
            .then(pl.coalesce("first_old", new))
            .otherwise(pl.coalesce("status", new)),
        )
        .with_columns(
            initial=pl.when(pl.col("stated") & is_done("initial")).then(new).otherwise("initial"),
            id=pl.when("told").then("first_id"),
        )
    )


def status_events(changes: pl.DataFrame, firsts: pl.DataFrame) -> pl.DataFrame:
    """Every status event by row and instant: the initial status first, then what followed.

    Of a `stated` ticket the solves and closes are the stated ones alone, and its other statuses
    count until then. Values that are no status are left out. Columns: row, instant, place, id (of
    the change, if any), status, and

    - `entered`: the status became this one; a second solve without reopening does not
    - `resolves`: it is a solve, or a close of a ticket that was never solved, if that counts
    - `reopens`: it was solved before, and no longer is
    - `ends`: it is solved or closed, or is said to be so again
    """
    known = changes.select(*_EVENT).drop_nulls("status")
    known = beside(known, firsts, "stated", "told", "solved_at", "closed_at")
    in_time = pl.col("instant") < pl.coalesce("solved_at", "closed_at")
    initial = firsts.select(
        "row", "id", instant="created_at", place=pl.lit(INITIAL, pl.Int64), status="initial"
    )
    parts = [
        initial.select(_EVENT),
        known.filter(
            ~(first_in_ticket() & pl.col("told"))
            & (~pl.col("stated") | (is_unsolved("status") & in_time.fill_null(value=True)))
        ).select(_EVENT),
        _stated_ends(firsts, "solved", _SOLVE),
        _stated_ends(firsts, "closed", _CLOSE),
    ]
    events = pl.concat(parts).sort("row", "instant", "place", maintain_order=True)
    return _marked(beside(events, firsts, "told", "closed_counts"))


def _stated_ends(firsts: pl.DataFrame, status: str, place: int) -> pl.DataFrame:
    instant = pl.col(f"{status}_at")
    in_time = pl.col("removed_at").is_null() | (instant <= pl.col("removed_at"))
    return firsts.filter(pl.col("stated") & instant.is_not_null() & in_time).select(
        "row",
        instant=instant,
        place=pl.lit(place, pl.Int64),
        id=pl.lit(None, pl.String),
        status=pl.lit(status, STATUS),
    )


def _marked(events: pl.DataFrame) -> pl.DataFrame:
    status, first = pl.col("status"), first_in_ticket()
    events = events.with_columns(
        entered=pl.when(first).then("told").otherwise(status != status.shift(1)),
        reopens=~first & (status.shift(1) == "solved") & is_unsolved("status"),
        ends=is_done("status") & (~first | pl.col("told")),
    )
    solved = events.filter(pl.col("entered") & (status == "solved")).select("row").unique()
    closes = (
        (status == "closed")
        & pl.col("closed_counts")
        & ~pl.col("row").is_in(solved["row"].implode())
    )
    return events.select(
        *_EVENT,
        "entered",
        "reopens",
        "ends",
        resolves=pl.col("entered") & ((status == "solved") | closes),
    )

"""What still runs: durations of open tickets, counted up to an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse.clock import to_micros
from deskpulse_reports.facts.facts import MICROS, seconds
from deskpulse_reports.facts.words import WAITS

if TYPE_CHECKING:
    from datetime import datetime

    from deskpulse.calendars import Calendars


def as_of(tickets: pl.DataFrame, instant: datetime, calendars: Calendars) -> pl.DataFrame:
    """A `tickets` table with the running status and wait counted up to `instant` (aware).

    The running status is added to the durations it belongs to; `waiting_s` and
    `waiting_business_s` say how long the customer of each ticket has waited for an answer, null
    where nobody waits. A span that began after `instant` adds nothing.
    """
    running = elapsed(tickets, "running_at", "running_open_s", instant, calendars)
    waiting = elapsed(tickets, "waiting_since", "waiting_open_s", instant, calendars)
    added = [
        pl.col(f"{name}{clock}")
        + pl.when(pl.col("running_status").is_in(statuses)).then(running[i]).fill_null(0.0)
        for name, statuses in WAITS.items()
        for i, clock in enumerate(("_s", "_business_s"))
    ]
    return tickets.with_columns(
        *added, waiting_s=pl.lit(waiting[0]), waiting_business_s=pl.lit(waiting[1])
    )


def elapsed(
    table: pl.DataFrame, since: str, open_s: str, instant: datetime, calendars: Calendars
) -> tuple[pl.Series, pl.Series]:
    """Seconds from column `since` to `instant`, by the calendar and by the business clock.

    `open_s` is the column with the open seconds of the row's `calendar` before `since`. Null where
    nothing runs; 0 where it began after `instant`.
    """
    until = to_micros(instant)
    open_now = {
        name: float(calendars.open_before(calendars.number(name), until)) / MICROS
        for name in table["calendar"].unique()
    }
    begun = pl.col(since) < until
    now = pl.col("calendar").replace_strict(open_now, return_dtype=pl.Float64)
    known = pl.col(since).is_not_null()
    both = table.select(
        calendar=pl.when(known & begun).then(seconds(until - pl.col(since))).when(known).then(0.0),
        business=pl.when(known & begun).then(now - pl.col(open_s)).when(known).then(0.0),
    )
    return both["calendar"], both["business"]

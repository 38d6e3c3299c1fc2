"""When a ticket was resolved, how often, and in which status it is."""

from __future__ import annotations

import polars as pl

from deskpulse_reports.facts.lines import first_in_ticket, last_in_ticket, of_each
from deskpulse_reports.facts.words import is_done


def resolutions(statuses: pl.DataFrame, tickets: int) -> pl.DataFrame:
    """One row a ticket: first_resolved_at, resolved_at, resolutions, reopens, last_status, since.

    `resolved_at` is the last resolution, null unless the ticket is solved or closed now; a close
    after the solve does not move it. `since` is when the last status began. `tickets` says how many
    there are: each has a first status.
    """
    resolved = statuses.filter("resolves").select("row", "instant")
    began = statuses.filter(pl.col("entered") | first_in_ticket()).filter(last_in_ticket())
    parts = (
        resolved.filter(first_in_ticket()).rename({"instant": "first_resolved_at"}),
        resolved.filter(last_in_ticket()).rename({"instant": "last_resolved_at"}),
        resolved.group_by("row").agg(resolutions=pl.len()),
        statuses.filter("reopens").group_by("row").agg(reopens=pl.len()),
    )
    current = began.select("row", last_status="status", since="instant")
    found = pl.concat([current, *(of_each(part, tickets) for part in parts)], how="horizontal")
    return found.with_columns(
        pl.col("resolutions", "reopens").fill_null(0),
        resolved_at=pl.when(is_done("last_status")).then("last_resolved_at"),
    )

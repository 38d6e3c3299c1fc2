"""Which tickets wait longest for an answer: the cases behind `awaiting_reply`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskpulse.clock import from_micros
from deskpulse_reports.kpis.engine import KpiEngine
from deskpulse_reports.kpis.spec import Stock

KPI = "awaiting_reply"


@dataclass(frozen=True, slots=True)
class WaitingTicket:
    """A ticket whose oldest unanswered customer message came at `since` (aware)."""

    source: str
    ticket: str
    since: datetime
    team: str | None


def longest_waiting(engine: KpiEngine, limit: int) -> tuple[list[WaitingTicket], int]:
    """The `limit` tickets that have waited longest, longest first, and how many wait in all."""
    spec = engine.catalog[KPI]
    assert isinstance(spec, Stock)
    rows = engine.rows(
        "SELECT source, ticket_id, waiting_since, team_id, count(*) OVER () "  # noqa: S608  our own spec
        f"FROM {spec.table} WHERE counted AND ({spec.filter}) "
        f"ORDER BY waiting_since, source, ticket_id LIMIT {int(limit)}",
        "the list of waiting tickets",
    )
    found = [
        WaitingTicket(source, ticket, from_micros(since), team)
        for source, ticket, since, team, _ in rows
    ]
    return found, rows[0][-1] if rows else 0

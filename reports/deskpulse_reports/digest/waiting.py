"""Which tickets wait longest for an answer: the cases behind `awaiting_reply`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskpulse_reports.kpis.engine import KpiEngine

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
    cases = engine.cases(KPI, ["team"], limit=limit)
    found = [
        WaitingTicket(case.source, case.ticket_id or "", case.at, _text(case.dims["team"]))
        for case in cases.rows
    ]
    return found, cases.total


def _text(team: object) -> str | None:
    return None if team is None else str(team)

"""The report as JSON: its frame, and every answer in the shape of `deskpulse kpi --json`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from deskpulse_reports.freshness import complete_to
from deskpulse_reports.kpis.result import KpiResult
from deskpulse_reports.report.book import Ask
from deskpulse_reports.report.model import Report


def render(report: Report) -> str:
    """Return the text: durations in seconds, rates 0-1, keys that do not apply left out."""
    return json.dumps(to_json(report), ensure_ascii=True, indent=2, allow_nan=False) + "\n"


def to_json(report: Report) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "title": report.book.title,
        "desk": report.desk,
        "zone": report.zone,
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "as_of": report.as_of.isoformat(),
        "complete_to": _iso(complete_to(report.sources)),
        "sources": [
            {
                "source": source.source,
                "complete_to": _iso(source.complete_to),
                "stale": source.stale(report.as_of),
            }
            for source in report.sources
        ],
        "answers": [_answer(ask, answer) for ask, answer in report.answers.items()],
        "definitions": [
            {"kpi": known.kpi, "title": known.title, "text": known.text, **dict(known.facts)}
            for known in report.definitions
        ],
    }


def _answer(ask: Ask, answer: KpiResult) -> dict[str, Any]:
    asked = {"by": list(ask.by), "every": ask.every}
    return {**{key: value for key, value in asked.items() if value}, **answer.to_json()}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

"""Ask the KPI engine what a report or a digest wants to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from deskpulse.errors import ConfigError
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.asked import Asked, only_now
from deskpulse_reports.report import book as plans
from deskpulse_reports.report.define import define
from deskpulse_reports.report.model import Report, versus
from deskpulse_reports.report.support import support

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.kpis.engine import KpiEngine
    from deskpulse_reports.kpis.result import KpiResult

ClockName = Literal["calendar", "business"]


def today(workspace: Workspace) -> date:
    """The desk's local day."""
    return workspace.clock.now().astimezone(ZoneInfo(workspace.config.zone)).date()


def answer(
    engine: KpiEngine,
    asks: Iterable[plans.Ask],
    first: date,
    last: date,
    clock: ClockName,
) -> dict[plans.Ask, KpiResult]:
    """The answer to each question over the local days [first, last].

    What is known only for the present (`awaiting_reply`) is asked without a period.
    """
    listed = list(asks)
    questions = []
    for ask in listed:
        now = only_now(engine.catalog[ask.kpi])
        questions.append(
            Asked(
                ask.kpi,
                ask.by,
                every=None if now else ask.every,
                start=None if now else first,
                end=None if now else last,
                clock=clock,
                compare=ask.compare,
            )
        )
    return dict(zip(listed, engine.compute_many(questions), strict=True))


def report_of(
    workspace: Workspace, first: date | None, last: date | None, clock: ClockName
) -> Report:
    """The built-in report over [first, last]; by default the last 28 complete days."""
    engine = workspace.engine
    last = last or max(today(workspace) - timedelta(days=1), first or date.min)
    first = first or last - timedelta(days=27)
    if first > last:
        raise ConfigError(f"--from {first} comes after --to {last}", hint="Exchange the two days.")
    days = (last - first).days + 1
    planned = support(plans.grain(days))
    answers = answer(engine, plans.asks(planned), first, last, clock)
    config = workspace.config
    shown = dict.fromkeys(ask.kpi for ask in answers)
    return Report(
        book=planned,
        desk=config.name,
        zone=config.zone,
        first=first,
        last=last,
        as_of=workspace.clock.now(),
        answers=answers,
        definitions=tuple(
            define(
                workspace.catalog[kpi],
                workspace.catalog,
                zone=config.zone,
                calendar=config.calendar,
            )
            for kpi in shown
        ),
        sources=freshness(workspace),
        versus=versus(days),
        names=names(workspace),
    )


def freshness(workspace: Workspace) -> tuple[Freshness, ...]:
    """Up to when each configured source is complete in the mart."""
    complete = workspace.manifest.complete_to
    return tuple(
        Freshness(
            name,
            datetime.fromisoformat(complete[name]) if name in complete else None,
            None if source.use == "files" else source.stale_after,
        )
        for name, source in workspace.config.sources.items()
    )


def names(workspace: Workspace) -> Mapping[str, Mapping[str, str]]:
    """What people call teams; agents stay numbers unless somebody opts in to naming them."""
    teams = {record.id: str(record.model_dump()["name"]) for record in workspace.store.all("team")}
    return {"team": teams}

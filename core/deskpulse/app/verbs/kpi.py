"""`deskpulse kpi`: compute one KPI, list its tickets, or list and explain KPIs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskpulse.app.dates import read_day
from deskpulse.app.names import ids_of
from deskpulse.app.pairs import read_pairs
from deskpulse.app.screen import out, plain, print_json
from deskpulse.app.shell import shell_of
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.kpis.catalog import Catalog
    from deskpulse_reports.kpis.spec import AnySpec

Every = Literal["hour", "day", "week", "month"]
ClockName = Literal["calendar", "business"]
MOST_SHOWN = 50
"""Tickets listed unless a limit is given or a file is written."""


def kpi(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The KPI's id.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Split by this dimension; may be repeated.")
    ] = None,
    every: Annotated[Every | None, typer.Option(help="One row per period.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First local day.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last local day.")] = None,
    clock: Annotated[ClockName, typer.Option(help="Clock of durations.")] = "calendar",
    attribution: Annotated[
        Literal["event", "created"],
        typer.Option(help="Count by the event's time or the ticket's creation."),
    ] = "event",
    versus: Annotated[
        Literal["previous", "weekday", "year"] | None,
        typer.Option(help="Compare with the period before, the same weekday, or last year."),
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="The same as --versus previous.")] = (
        False
    ),
    benchmark: Annotated[
        bool, typer.Option("--benchmark", help="Show the usual range of your own history.")
    ] = False,
    targets: Annotated[
        bool,
        typer.Option("--targets", help="Show the configured targets and whether they are met."),
    ] = False,
    tickets: Annotated[
        bool, typer.Option("--tickets", help="List the tickets behind the value.")
    ] = False,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIM=VALUE", help="With --tickets: only those; DIM= for those without."
        ),
    ] = None,
    bucket: Annotated[
        str | None, typer.Option(help="With --tickets and --every: only those of this period.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="With --tickets: how many; 50.")] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of an analysis."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write a .csv, .xlsx, .json or .parquet file."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List every KPI.")] = False,
    values: Annotated[
        bool, typer.Option("--values", help="With --list: what each is; 28 days unless given.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="How it is defined.")] = False,
    sql: Annotated[
        Literal["duckdb", "postgres", "spark"] | None,
        typer.Option(help="Show the SQL of the question, as this engine wants it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The values as JSON.")] = False,
) -> None:
    """Compute a KPI."""
    first, last = read_day("--from", start), read_day("--to", end)
    with shell_of(context).workspace() as workspace:
        from deskpulse.app import kpi_answers, kpi_list, outdated
        from deskpulse_reports.kpis.asked import Asked
        from deskpulse_reports.kpis.spec import Analysis
        from deskpulse_reports.sheets.write import check

        if output is not None:
            check(output)
        if not tickets:
            _refuse("goes with --tickets", {"--where": where, "--bucket": bucket, "--limit": limit})
        if not listed and name is not None:
            _refuse("goes with --list", {"--values": values})
        if listed or name is None:
            span = _span(workspace, first, last)
            kpi_list.show(workspace, as_json=as_json, values=values, span=span)
            return
        if explain:
            _explain(workspace, name, as_json=as_json)
            return
        spec, engine, split = workspace.catalog[name], workspace.engine, tuple(by or ())
        outdated.warn(workspace)
        if isinstance(spec, Analysis):
            _refuse(
                f"says nothing for {name}, which answers with a table of its own",
                {
                    "--tickets": tickets,
                    "--versus": versus or compare,
                    "--benchmark": benchmark,
                    "--targets": targets,
                    "--attribution": attribution != "event",
                    "--sql": sql,
                },
            )
            found = engine.analyse(
                name,
                split,
                every=every,
                start=first,
                end=last,
                clock=clock,
                parameters=read_pairs("--set", parameters),
            )
            shown = kpi_answers.of_table(workspace, name, spec.title, found)
            shown.deliver(output, as_json=as_json)
            return
        _refuse(f"is for analyses; {name} has no parameters", {"--set": parameters})
        _refuse_idle(
            spec,
            workspace.catalog,
            window={"--from": start, "--to": end},
            beside={"--versus": versus or compare, "--benchmark": benchmark, "--targets": targets},
            business=clock == "business",
            tickets=tickets,
        )
        asked = Asked(
            name,
            split,
            every,
            first,
            last,
            clock,
            attribution,
            versus=versus or ("previous" if compare else None),
            benchmark=benchmark,
            targets=targets,
        )
        if sql is not None:
            for text in engine.sql(asked, sql):
                out().print(text, markup=False, soft_wrap=True)
        elif tickets:
            most = limit or (None if output else MOST_SHOWN)
            cases = engine.cases(
                name,
                split,
                every=every,
                start=first,
                end=last,
                clock=clock,
                attribution=attribution,
                dims=ids_of(workspace, read_pairs("--where", where)),
                bucket=bucket,
                limit=most,
            )
            kpi_answers.of_cases(workspace, cases).deliver(output, as_json=as_json)
        else:
            (result,) = engine.compute_many([asked])
            kpi_answers.of_result(workspace, result, every).deliver(output, as_json=as_json)


def _refuse_idle(
    spec: AnySpec,
    catalog: Catalog,
    *,
    window: Mapping[str, object],
    beside: Mapping[str, object],
    business: bool,
    tickets: bool,
) -> None:
    """Raise `ConfigError` for an option that would change nothing of this KPI's answer."""
    from deskpulse_reports.kpis.asked import only_now
    from deskpulse_reports.kpis.words import is_clocked

    if tickets:
        _refuse("goes without --tickets", beside)
    if only_now(spec):
        past = {option: beside[option] for option in ("--versus", "--benchmark")}
        why = f"says nothing for {spec.id}, which is known only for the present"
        _refuse(why, {**window, **past})
    if not is_clocked(spec, catalog):
        why = f"says nothing for {spec.id}: no business calendar changes it"
        _refuse(why, {"--clock": business})


def _refuse(why: str, options: Mapping[str, object]) -> None:
    """Raise `ConfigError` for an option that was given and would do nothing."""
    for option, given in options.items():
        if given:
            raise ConfigError(f"{option} {why}", hint="`deskpulse kpi --help` lists the options.")


def _span(workspace: Workspace, first: date | None, last: date | None) -> tuple[date, date]:
    """The window as given; else the last complete days."""
    from deskpulse.app.answers import today
    from deskpulse.app.kpi_list import DAYS

    last = last or max(today(workspace) - timedelta(days=1), first or date.min)
    return first or last - timedelta(days=DAYS - 1), last


def _explain(workspace: Workspace, name: str, *, as_json: bool) -> None:
    from deskpulse_reports.report.define import define

    found = define(
        workspace.catalog[name],
        workspace.catalog,
        zone=workspace.config.zone,
        calendar=workspace.config.calendar,
    )
    facts = {label: text for label, text in found.facts if text}
    if as_json:
        print_json({"kpi": name, "title": found.title, "definition": found.text, **facts})
        return
    out().print(f"[bold]{plain(found.title)}[/]\n{plain(found.text)}")
    for label, text in facts.items():
        out().print(f"  [bold]{plain(label)}[/]: {plain(text)}")

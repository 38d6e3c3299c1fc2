"""The answers of `deskpulse kpi` in their three forms: to look at, as JSON, as a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskpulse.app.names import names_in
from deskpulse.app.screen import out, print_json, tell
from deskpulse.records import Ticket
from deskpulse.untrusted import Untrusted

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.kpis.cases import Cases
    from deskpulse_reports.kpis.result import Dim, KpiResult
    from deskpulse_reports.kpis.spec import Table
    from deskpulse_reports.report.grid import Grid
    from deskpulse_reports.report.names import Names
    from deskpulse_reports.sheets.sheet import Details, Sheet


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer. `caption` is a line under the table; `data` are plain values."""

    grid: Callable[[], Grid]
    sheet: Callable[[], Sheet]
    data: Any
    caption: str = ""

    def deliver(self, output: Path | None, *, as_json: bool) -> None:
        """Write it into a file, or print it."""
        if output is not None:
            from deskpulse_reports.sheets.write import write

            write(self.sheet(), self.data, output)
            tell(f"Written to {output}")
        elif as_json:
            print_json(self.data)
        else:
            from rich.text import Text

            from deskpulse_reports.report.terminal import fitting

            out().print(fitting(self.grid(), out().width))
            if self.caption:
                out().print(Text(self.caption, style="dim"))


def of_result(workspace: Workspace, result: KpiResult, every: str | None) -> Shown:
    """The values of a KPI."""
    from deskpulse_reports.report import grid, remarks
    from deskpulse_reports.sheets import sheet

    named = names_in(workspace, (row.dims for row in result.rows))
    data = result.to_json()
    data["rows"] = [row | _named(named, row["dims"]) for row in data["rows"]]
    return Shown(
        lambda: grid.of_result(result, every, named),
        lambda: sheet.of_result(result, every, named),
        data,
        remarks.caption(result),
    )


def of_cases(workspace: Workspace, cases: Cases) -> Shown:
    """The tickets behind a value."""
    from deskpulse.untrusted import opened
    from deskpulse_reports.report import lists
    from deskpulse_reports.sheets import sheet

    found = details(workspace, cases)
    named = names_in(workspace, (case.dims for case in cases.rows))
    tickets = []
    for case in cases.rows:
        subject, url = found.get(sheet.key(case), (None, None))
        text = None if subject is None else opened(subject)
        data = case.to_json() | _named(named, sheet.placed(case))
        tickets.append({**data, "subject": text, "url": url})
    return Shown(
        lambda: lists.of_cases(cases, found, workspace.config.zone, named),
        lambda: sheet.of_cases(cases, found, named),
        {"kpi": cases.kpi, "title": cases.title, "n": cases.total, "tickets": tickets},
    )


def of_table(workspace: Workspace, kpi: str, title: str, found: Table) -> Shown:
    """The table of an analysis."""
    from deskpulse_reports.report import lists
    from deskpulse_reports.sheets import sheet

    named = names_in(workspace, (sheet.dims_of(found, row) for row in found.rows))
    whole = sheet.of_table(kpi, title, found, named)
    rows = [[_plain(value) for value in row] for row in whole.rows]
    return Shown(
        lambda: lists.of_table(title, found, named),
        lambda: whole,
        {"kpi": kpi, "columns": whole.columns, "rows": rows},
    )


def _named(named: Names, dims: Mapping[str, Dim]) -> dict[str, Any]:
    """What a row of JSON says of names, if there are any."""
    found = named.of_all(dims)
    return {"names": found} if found else {}


def _plain(value: Any) -> Any:
    """A cell as JSON has it: whoever reads JSON escapes it for where it goes."""
    return value.open() if isinstance(value, Untrusted) else value


def details(workspace: Workspace, cases: Cases) -> Details:
    """Subject and link of every ticket of these cases, from the store."""
    wanted = sorted({(case.source, case.ticket_id) for case in cases.rows if case.ticket_id})
    found: dict[tuple[str, str], tuple[Untrusted | str, str]] = {}
    for source, pairs in groupby(wanted, key=lambda pair: pair[0]):
        stored = workspace.store.get("ticket", source, [key for _, key in pairs if key])
        for key, record in stored.items():
            if isinstance(record, Ticket):
                found[source, key] = Untrusted(record.subject or ""), record.url or ""
    return found

"""The answers of `deskpulse kpi` in their three forms: to look at, as JSON, as a sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskpulse.app.screen import out, print_json, tell
from deskpulse.records import Ticket
from deskpulse.untrusted import Untrusted

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.kpis.cases import Cases
    from deskpulse_reports.kpis.result import KpiResult
    from deskpulse_reports.kpis.spec import Table
    from deskpulse_reports.report.grid import Grid
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

            from deskpulse_reports.report.terminal import table

            out().print(table(self.grid()))
            if self.caption:
                out().print(Text(self.caption, style="dim"))


def of_result(result: KpiResult, every: str | None) -> Shown:
    """The values of a KPI."""
    from deskpulse_reports.report import grid, remarks
    from deskpulse_reports.sheets import sheet

    return Shown(
        lambda: grid.of_result(result, every),
        lambda: sheet.of_result(result, every),
        result.to_json(),
        remarks.caption(result),
    )


def of_cases(workspace: Workspace, cases: Cases) -> Shown:
    """The tickets behind a value."""
    from deskpulse.untrusted import opened
    from deskpulse_reports.report import lists
    from deskpulse_reports.sheets import sheet

    found = details(workspace, cases)
    tickets = []
    for case in cases.rows:
        subject, url = found.get(sheet.key(case), (None, None))
        text = None if subject is None else opened(subject)
        tickets.append({**case.to_json(), "subject": text, "url": url})
    return Shown(
        lambda: lists.of_cases(cases, found, workspace.config.zone),
        lambda: sheet.of_cases(cases, found),
        {"kpi": cases.kpi, "title": cases.title, "n": cases.total, "tickets": tickets},
    )


def of_table(kpi: str, title: str, found: Table) -> Shown:
    """The table of an analysis."""
    from deskpulse_reports.report import lists
    from deskpulse_reports.sheets import sheet

    rows = [[_plain(value) for value in row] for row in found.rows]
    return Shown(
        lambda: lists.of_table(title, found),
        lambda: sheet.of_table(kpi, title, found),
        {"kpi": kpi, "columns": found.columns, "rows": rows},
    )


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

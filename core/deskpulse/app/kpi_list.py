"""`deskpulse kpi --list`: every KPI, with its present value if asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from deskpulse.app.screen import out, plain, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.kpis.spec import AnySpec

DAYS = 28
"""The window of present values, in complete days, unless another is given."""
_FACTS = ("title", "unit", "direction", "book")


@dataclass(frozen=True, slots=True)
class Present:
    """What a KPI is now: its JSON, and how it is written."""

    data: dict[str, Any]
    text: str
    n: str = ""


def show(workspace: Workspace, *, as_json: bool, values: bool, span: tuple[date, date]) -> None:
    """Print the list; `span` is the window of the values, in local days."""
    specs = sorted(workspace.catalog, key=lambda spec: (spec.book or "~", spec.id))
    present = _values(workspace, specs, span) if values else {}
    if as_json:
        print_json([_facts(spec) | _data(present.get(spec.id)) for spec in specs])
        return
    _print(specs, present)


def _facts(spec: AnySpec) -> dict[str, Any]:
    return {"kpi": spec.id} | {name: getattr(spec, name) for name in _FACTS}


def _data(found: Present | None) -> dict[str, Any]:
    return found.data if found else {}


def _values(
    workspace: Workspace, specs: Iterable[AnySpec], span: tuple[date, date]
) -> dict[str, Present]:
    """The value of every KPI over the window; of an analysis, how many rows it answers."""
    from deskpulse_reports import words
    from deskpulse_reports.kpis.asked import Asked
    from deskpulse_reports.kpis.spec import Analysis

    first, last = span
    listed = list(specs)
    engine = workspace.engine
    asked = [
        Asked(spec.id, start=first, end=last, compare=False)
        for spec in listed
        if not isinstance(spec, Analysis)
    ]
    found = {}
    for result in engine.compute_many(asked):
        (row,) = result.rows
        data = {
            "value": row.value,
            "n": row.n,
            "from": result.first.isoformat(),
            "to": result.last.isoformat(),
        }
        note = {"note": result.note} if result.note else {}
        text = words.value(row.value, result.unit, result.clock)
        found[result.kpi] = Present(data | note, text, words.number(row.n or 0))
    for spec in listed:
        if isinstance(spec, Analysis):
            rows = len(engine.analyse(spec.id, start=first, end=last).rows)
            found[spec.id] = Present(
                {"rows": rows, "from": first.isoformat(), "to": last.isoformat()},
                f"table of {rows:,} row{'' if rows == 1 else 's'}",
            )
    return found


def _print(specs: Iterable[AnySpec], present: dict[str, Present]) -> None:
    from rich.table import Table

    listed = list(specs)
    table = Table(box=None, pad_edge=False)
    table.add_column("id", no_wrap=True, min_width=max(len(spec.id) for spec in listed))
    table.add_column("title")
    if present:
        table.add_column("value", justify="right", no_wrap=True)
        table.add_column("n", justify="right", no_wrap=True)
    else:
        table.add_column("unit")
        table.add_column("better")
    shown: str | None = None
    for spec in listed:
        if spec.book != shown:
            shown = spec.book
            table.add_section()
            table.add_row(f"[bold]{plain(shown or 'Others')}[/]")
        better = "" if spec.direction == "neutral" else spec.direction
        found = present.get(spec.id)
        rest = (found.text, found.n) if found else (spec.unit, better)
        table.add_row(*map(plain, (spec.id, spec.title, *rest)))
    out().print(table)

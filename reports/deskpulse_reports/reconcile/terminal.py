"""A reconciliation on a terminal, by rich. Foreign text is never read as markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deskpulse_reports import words
from deskpulse_reports.reconcile.agreement import Agreement
from deskpulse_reports.reconcile.compared import COMPARED
from deskpulse_reports.reconcile.reconciliation import Reconciliation
from deskpulse_reports.safe import clean

NOTHING = "-"


def renderable(
    found: Reconciliation, most: int | None, tickets: Sequence[Mapping[str, Any]] | None = None
) -> RenderableType:
    """Agreement, reasons, then at most `most` disagreements (None: all).

    With `tickets` (rows of `Reconciliation.by_ticket` with their `url`) these instead of the
    single disagreements.
    """
    return Group(*_parts(found, most, tickets))


def _parts(
    found: Reconciliation, most: int | None, tickets: Sequence[Mapping[str, Any]] | None
) -> Iterator[RenderableType]:
    yield Text.assemble(
        (clean(found.source), "bold"),
        f": {found.tickets:,} tickets, our numbers beside the vendor's own\n",
    )
    if found.agreements:
        yield _agreements(found.agreements)
    if found.without_facts:
        yield Text(f"\n{found.without_facts:,} tickets of the vendor have no facts here.")
    if found.not_compared:
        names = ", ".join(clean(name) for name in found.not_compared)
        yield Text(f"\nNot compared, because no fact of ours has this name: {names}")
    if found.disagreements.is_empty():
        return
    yield Text("\nWhy they differ", style="bold")
    yield from (_reason(each) for each in found.reasons())
    if tickets is None:
        yield _disagreements(found, most)
    else:
        yield _tickets(tickets, len(found.by_ticket()))


def _agreements(agreements: Sequence[Agreement]) -> Table:
    """`off by` is the median of the differences; `not here`: only the vendor has a number."""
    table = _table(("metric",), ("n", "equal", "agree", "off by", "not here", "not there"))
    for each in agreements:
        table.add_row(
            each.metric,
            f"{each.n:,}",
            f"{each.equal:,}",
            NOTHING if each.share is None else words.percent(each.share),
            _number(each.metric, each.median_difference),
            f"{each.missing_here:,}",
            f"{each.missing_there:,}",
        )
    return table


def _reason(each: Mapping[str, Any]) -> Text:
    sure = each["reproduced"]
    exactly = "" if sure == each["n"] else f", {sure:,} of them exactly"
    return Text.assemble(
        f"{each['n']:>7,} ",
        (each["reason"], "bold"),
        f": {each['text']} ({each['tickets']:,} tickets{exactly})\n",
        (f"        {each['hint']}", "dim"),
    )


def _disagreements(found: Reconciliation, most: int | None) -> Group:
    rows = found.disagreements
    shown = rows if most is None else rows.head(most)
    table = _table(("ticket", "metric", "reason", ""), ("ours", "vendor's"))
    for row in shown.iter_rows(named=True):
        table.add_row(
            Text(clean(f"{found.source}/{row['ticket_id']}")),
            row["metric"],
            row["reason"] + ("" if row["reproduced"] else "?"),
            Text(clean(row["detail"]), style="dim"),
            _number(row["metric"], row["ours"]),
            _number(row["metric"], row["theirs"]),
        )
    return Group(_heading("Disagreements", shown.height, rows.height), table)


def _tickets(listed: Sequence[Mapping[str, Any]], total: int) -> Group:
    table = _table(("ticket", "reasons", "metrics", "link"), ())
    for each in listed:
        table.add_row(
            Text(clean(each["ticket_id"])),
            ", ".join(each["reasons"]),
            ", ".join(each["metrics"]),
            Text(clean(each["url"] or "")),
        )
    return Group(_heading("Tickets", len(listed), total), table)


def _heading(name: str, shown: int, total: int) -> Text:
    part = "" if shown == total else f", {shown:,} of {total:,}; `--limit 0` shows all"
    return Text.assemble("\n", (name, "bold"), part)


def _table(left: Sequence[str], right: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in left:
        table.add_column(heading)
    for heading in right:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _number(metric: str, amount: float | None) -> str:
    about = COMPARED[metric]
    return NOTHING if amount is None else words.value(amount, about.unit, about.clock)

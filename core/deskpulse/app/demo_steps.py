"""What demonstrations are made of: their present, and the steps that they show."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from deskpulse.app.checkup import look
from deskpulse.app.screen import plain
from deskpulse.app.verbs import check, derive, sync
from deskpulse.records import KINDS

if TYPE_CHECKING:
    from rich.console import Console

    from deskpulse.app.workspace import Workspace
    from deskpulse.sync.report import SyncReport
    from deskpulse_connectors.simulators.simulator import Simulator

WEEKS = 8
LATER = timedelta(hours=3)


@dataclass
class SimulatedClock:
    """The simulator's time, so that the demonstration has its own present."""

    simulator: Simulator

    def now(self) -> datetime:
        """The simulated present."""
        return datetime.fromtimestamp(self.simulator.clock.now(), UTC)

    def monotonic(self) -> float:
        """Real seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        time.sleep(seconds)


@dataclass
class Stopwatch:
    """Real seconds since it was made."""

    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Until now."""
        return time.monotonic() - self.began


def thursday_afternoon(now: datetime) -> datetime:
    """The latest Thursday 15:00 UTC: a desk is busy then, whenever somebody tries this."""
    thursday = now.astimezone(UTC).replace(hour=15, minute=0, second=0, microsecond=0)
    while thursday.weekday() != 3 or thursday > now:
        thursday -= timedelta(days=1)
    return thursday


def first_round(console: Console, workspace: Workspace) -> None:
    """Check, read everything, derive."""
    console.rule("[bold]check[/]: can everything be read?")
    check.show(look(workspace))
    console.rule("[bold]sync[/]: everything, for the first time")
    show_sync(console, workspace)
    console.rule("[bold]derive[/]: what each ticket's history means")
    watch = Stopwatch()
    derived = derive.run_derive(workspace)
    console.print(f"{derived.tickets:,} tickets in {watch.seconds:.1f} s")


def second_round(console: Console, workspace: Workspace, *simulators: Simulator) -> None:
    """Three hours pass, and what changed is read."""
    console.rule("[bold]Three hours later[/]: only what changed travels")
    stored = sum(workspace.store.count(kind) for kind in KINDS)
    for simulator in simulators:
        simulator.advance(LATER.total_seconds())
    report = show_sync(console, workspace)
    new = sum(item.rows.new for item in report.streams)
    changed = sum(item.rows.changed for item in report.streams)
    derived = derive.run_derive(workspace)
    console.print(
        f"{new:,} new and {changed:,} changed records travelled, {stored:,} stayed where they "
        f"were; {derived.tickets:,} tickets were derived anew."
    )


def show_sync(console: Console, workspace: Workspace) -> SyncReport:
    """Read what is new, and say what it took."""
    watch = Stopwatch()
    report = sync.run_sync(workspace)
    sync.show(report)
    rows = sum(item.rows.new + item.rows.changed for item in report.streams)
    requests = sum(item.requests for item in report.streams)
    console.print(f"{rows:,} records stored after {requests} requests, in {watch.seconds:.1f} s")
    return report


def show_digest(workspace: Workspace) -> None:
    """The digest `morning`, sent to the notifier `screen`."""
    from deskpulse.app import digests

    message = digests.compose(workspace, "morning", digests.last_period(workspace, "morning"))
    if message is not None:
        workspace.notifier("screen").send(message)


def write_report(workspace: Workspace, folder: Path) -> Path:
    """The report as a page for browsers; its path."""
    from deskpulse.app.answers import report_of
    from deskpulse_reports.report import html_page

    path = folder / "report.html"
    made = report_of(workspace, None, None, "calendar")
    path.write_text(html_page.render(made), encoding="utf-8")
    return path


def farewell(
    console: Console, watch: Stopwatch, report: Path, asked: str, questions: tuple[str, ...]
) -> None:
    """How long it took, where the report is, and what to ask next."""
    console.rule(f"[bold]That was it[/], in {watch.seconds:.0f} seconds")
    console.print(f"The report, for your browser: [bold]{plain(report)}[/]")
    console.print("Go on asking, the data stays:")
    for question in questions:
        console.print(f"  {program()} {asked} {question}", markup=False, soft_wrap=True)


def program() -> str:
    """How this program is called here: by its name where the shell finds it, else by its path."""
    return "deskpulse" if shutil.which("deskpulse") else sys.argv[0]

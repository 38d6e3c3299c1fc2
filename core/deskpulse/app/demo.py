"""The demonstration: a simulated Zendesk on this machine, and everything deskpulse does with it."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from deskpulse.app import demo_alerts
from deskpulse.app.checkup import look
from deskpulse.app.screen import plain
from deskpulse.app.verbs import check, derive, sync
from deskpulse.app.workspace import Workspace
from deskpulse.config import load
from deskpulse.records import KINDS

if TYPE_CHECKING:
    from rich.console import Console

    from deskpulse.sync.report import SyncReport
    from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
    from deskpulse_notifiers.slack.simulator import SlackSimulator

WEEKS = 8
BUDGET = 200
"""Exports a minute: far more than Zendesk grants, so that nobody waits for a demonstration."""
LATER = timedelta(hours=3)
SECRET = "DESKPULSE_DEMO_SECRET"  # noqa: S105  a variable's name
SLACK_SECRET = "DESKPULSE_DEMO_SLACK"  # noqa: S105

CONFIG = """\
# The demonstration's configuration. The data is here to stay: try
#   deskpulse -c {path} kpi first_reply_time --by team --clock business
name = "Demo desk"
zone = "Europe/Berlin"
calendar = "office"

[store]
url = "sqlite:///desk.db"

[mart]
path = "mart"

[calendars.office]
zone = "Europe/Berlin"
hours = {{ mon-fri = ["09:00-18:00"] }}
holiday_country = "DE"

[sources.zendesk]
use = "zendesk"
url = "{url}"
client_id = "{client_id}"
client_secret = {{ env = "{secret}" }}
export_per_minute = {budget}
requests_per_minute = 700

[notifiers.screen]
use = "console"

[notifiers.slack]
use = "slack"
token = {{ env = "{slack_secret}" }}
channel = "{channel}"
base_url = "{slack}"

[digests.morning]
at = "08:00"
days = ["mon", "tue", "wed", "thu", "fri"]
to = ["screen"]

# First replies that were promised: a warning at three quarters of the time, and the breach.
[rules.first_reply]
use = "sla"
metrics = ["first_reply_time"]
levels = ["75%", "breach"]

[routes.team]
to = ["screen", "slack"]
"""


@dataclass
class SimulatedClock:
    """The simulator's time, so that the demonstration has its own present."""

    simulator: ZendeskSimulator

    def now(self) -> datetime:
        """The simulated present."""
        return datetime.fromtimestamp(self.simulator.clock.now(), UTC)

    def monotonic(self) -> float:
        """Real seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        time.sleep(seconds)


def play(console: Console, folder: Path, *, tickets: int, seed: int, now: datetime) -> Path:
    """Run the whole demonstration into `folder`; returns the report's path."""
    from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
    from deskpulse_notifiers.slack.simulator import SlackSimulator

    began = time.monotonic()
    begins = _thursday_afternoon(now) - timedelta(weeks=WEEKS)
    console.rule("[bold]A simulated Zendesk on this machine")
    with (
        ZendeskSimulator(
            seed=seed, tickets=tickets, weeks=WEEKS, start=begins, budget=BUDGET
        ) as simulator,
        SlackSimulator() as slack,
    ):
        credentials = simulator.credentials
        config = _write_config(folder, simulator, credentials["client_id"], slack)
        console.print(
            f"{tickets:,} tickets in {WEEKS} weeks of a support team's life (seed {seed}), "
            f"at {simulator.url}"
        )
        secrets = {SECRET: credentials["client_secret"], SLACK_SECRET: slack.token}
        loaded = load(config, secrets)
        with Workspace(loaded, SimulatedClock(simulator)) as workspace:
            report = _first_round(console, workspace, folder)
            _second_round(console, workspace, simulator)
            console.rule("[bold]alerts[/]: a promise is about to break, and somebody is told")
            demo_alerts.play(console, workspace, simulator, slack)
            ended = workspace.clock.now()
    console.rule(f"[bold]That was it[/], in {time.monotonic() - began:.0f} seconds")
    console.print(f"The report, for your browser: [bold]{plain(report)}[/]")
    console.print("Go on asking, the data stays:")
    asked = f"{_program()} -c {config} --as-of {ended:%Y-%m-%dT%H:%MZ}"
    for question in ("kpi first_reply_time --by team", "kpi backlog --every week", "report"):
        console.print(f"  {asked} {question}", markup=False, soft_wrap=True)
    return report


def _program() -> str:
    """How this program is called here: by its name where the shell finds it, else by its path."""
    return "deskpulse" if shutil.which("deskpulse") else sys.argv[0]


def _first_round(console: Console, workspace: Workspace, folder: Path) -> Path:
    console.rule("[bold]check[/]: can everything be read?")
    check.show(look(workspace))
    console.rule("[bold]sync[/]: everything, for the first time")
    _sync(console, workspace)
    console.rule("[bold]derive[/]: what each ticket's history means")
    began = time.monotonic()
    derived = derive.run_derive(workspace)
    console.print(f"{derived.tickets:,} tickets in {time.monotonic() - began:.1f} s")
    console.rule("[bold]kpi[/]: first reply time in business hours, last four weeks")
    _kpis(console, workspace)
    console.rule("[bold]digest[/]: what the team reads in the morning")
    _digest(workspace)
    return _report(workspace, folder)


def _second_round(console: Console, workspace: Workspace, simulator: ZendeskSimulator) -> None:
    console.rule("[bold]Three hours later[/]: only what changed travels")
    stored = sum(workspace.store.count(kind) for kind in KINDS)
    simulator.advance(LATER.total_seconds())
    report = _sync(console, workspace)
    new = sum(item.rows.new for item in report.streams)
    changed = sum(item.rows.changed for item in report.streams)
    derived = derive.run_derive(workspace)
    console.print(
        f"{new:,} new and {changed:,} changed records travelled, {stored:,} stayed where they "
        f"were; {derived.tickets:,} tickets were derived anew."
    )


def _sync(console: Console, workspace: Workspace) -> SyncReport:
    began = time.monotonic()
    report = sync.run_sync(workspace)
    sync.show(report)
    rows = sum(item.rows.new + item.rows.changed for item in report.streams)
    requests = sum(item.requests for item in report.streams)
    console.print(
        f"{rows:,} records stored after {requests} requests, in {time.monotonic() - began:.1f} s"
    )
    return report


def _kpis(console: Console, workspace: Workspace) -> None:
    from deskpulse.app.answers import today
    from deskpulse_reports.report.terminal import renderable_result

    last = today(workspace) - timedelta(days=1)
    first = last - timedelta(days=27)
    result = workspace.engine.compute(
        "first_reply_time", ["priority"], start=first, end=last, clock="business"
    )
    console.print(renderable_result(result))


def _digest(workspace: Workspace) -> None:
    from deskpulse.app import digests

    message = digests.compose(workspace, "morning", digests.last_period(workspace, "morning"))
    if message is not None:
        workspace.notifier("screen").send(message)


def _report(workspace: Workspace, folder: Path) -> Path:
    from deskpulse.app.answers import report_of
    from deskpulse_reports.report import html_page

    path = folder / "report.html"
    made = report_of(workspace, None, None, "calendar")
    path.write_text(html_page.render(made), encoding="utf-8")
    return path


def _write_config(
    folder: Path, simulator: ZendeskSimulator, client_id: str, slack: SlackSimulator
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.toml"
    path.write_text(
        CONFIG.format(
            path=path,
            url=simulator.url,
            client_id=client_id,
            secret=SECRET,
            budget=BUDGET,
            slack=slack.url,
            slack_secret=SLACK_SECRET,
            channel=slack.channel,
        ),
        encoding="utf-8",
    )
    return path


def _thursday_afternoon(now: datetime) -> datetime:
    """The latest Thursday 15:00 UTC: a desk is busy then, whenever somebody tries this."""
    thursday = now.astimezone(UTC).replace(hour=15, minute=0, second=0, microsecond=0)
    while thursday.weekday() != 3 or thursday > now:
        thursday -= timedelta(days=1)
    return thursday

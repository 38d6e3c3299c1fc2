"""The demonstration: a simulated Zendesk on this machine, and everything deskpulse does with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from deskpulse.app import demo_alerts
from deskpulse.app import demo_steps as steps
from deskpulse.app.workspace import Workspace
from deskpulse.config import load

if TYPE_CHECKING:
    from rich.console import Console

    from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
    from deskpulse_notifiers.slack.simulator import SlackSimulator

BUDGET = 200
"""Exports a minute: far more than Zendesk grants, so that nobody waits for a demonstration."""
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


def play(console: Console, folder: Path, *, tickets: int, seed: int, now: datetime) -> Path:
    """Run the whole demonstration into `folder`; returns the report's path."""
    from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
    from deskpulse_notifiers.slack.simulator import SlackSimulator

    watch = steps.Stopwatch()
    begins = steps.thursday_afternoon(now) - timedelta(weeks=steps.WEEKS)
    console.rule("[bold]A simulated Zendesk on this machine")
    with (
        ZendeskSimulator(
            seed=seed, tickets=tickets, weeks=steps.WEEKS, start=begins, budget=BUDGET
        ) as simulator,
        SlackSimulator() as slack,
    ):
        credentials = simulator.credentials
        config = _write_config(folder, simulator, credentials["client_id"], slack)
        console.print(
            f"{tickets:,} tickets in {steps.WEEKS} weeks of a support team's life (seed {seed}), "
            f"at {simulator.url}"
        )
        secrets = {SECRET: credentials["client_secret"], SLACK_SECRET: slack.token}
        loaded = load(config, secrets)
        with Workspace(loaded, steps.SimulatedClock(simulator)) as workspace:
            steps.first_round(console, workspace)
            console.rule("[bold]kpi[/]: first reply time in business hours, last four weeks")
            _kpis(console, workspace)
            console.rule("[bold]digest[/]: what the team reads in the morning")
            steps.show_digest(workspace)
            report = steps.write_report(workspace, folder)
            steps.second_round(console, workspace, simulator)
            console.rule("[bold]alerts[/]: a promise is about to break, and somebody is told")
            demo_alerts.play(console, workspace, simulator, slack)
            ended = workspace.clock.now()
    asked = f"-c {config} --as-of {ended:%Y-%m-%dT%H:%MZ}"
    questions = ("kpi first_reply_time --by team", "kpi backlog --every week", "report")
    steps.farewell(console, watch, report, asked, questions)
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

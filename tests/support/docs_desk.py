"""The desk on which the documentation's commands run: the demonstration's, at a fixed present."""

import contextlib
import os
import re
import shlex
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deskpulse.app.cli import app
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from support.commands import understood
from support.docs import ROOT
from support.fake_slack import FakeSlack

PRESENT = datetime(2026, 11, 19, 15, tzinfo=UTC)
"""A Thursday afternoon, as the demonstration has it."""
WEEKS, TICKETS, SEED = 8, 1500, 7
WIDTH = 100

CONFIG = """\
name = "Demo desk"
zone = "Europe/Berlin"
calendar = "office"

[store]
url = "sqlite:///desk.db"

[calendars.office]
zone = "Europe/Berlin"
hours = {{ mon-fri = ["09:00-18:00"] }}
holiday_country = "DE"

[sources.zendesk]
use = "zendesk"
url = "{zendesk}"
client_id = "{client_id}"
client_secret = {{ env = "ZENDESK_CLIENT_SECRET" }}
export_per_minute = 1000

[privacy]
key = {{ env = "DESKPULSE_PRIVACY_KEY" }}

[notifiers.screen]
use = "console"

[notifiers.team]
use = "slack"
base_url = "{slack}"
token = {{ env = "SLACK_BOT_TOKEN" }}
channel = "{channel}"

[digests.morning]
at = "08:00"
to = ["screen", "team"]
"""


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Desk:
    """A folder with a configuration, in which commands are run."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime | None = None

    def run(self, line: str) -> Done:
        """Run `deskpulse ...` here, in this process; at the desk's present unless it says another."""
        words = shlex.split(line, comments=True)[1:]
        if self.as_of is not None and "--as-of" not in words:
            words = ["--as-of", self.as_of.isoformat(), *words]
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name, value in {
                "COLUMNS": str(WIDTH),
                "DESKPULSE_DEBUG": "1",
                **self.environ,
            }.items():
                patch.setenv(name, value)
            result = CliRunner().invoke(app, words)
        return Done(result.exit_code, result.stdout, result.stderr + _trace(result.exception))

    def run_until_it_runs(self, line: str) -> Done:
        """Run a command without an end as a process of its own; end it once it is at work."""
        arguments = shlex.split(line, comments=True)[1:]
        program = [sys.executable, "-c", "from deskpulse.app.cli import main; main()"]
        process = subprocess.Popen(
            [*program, *arguments],
            cwd=self.folder,
            env=os.environ | dict(self.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            first = process.stderr.readline()
            process.terminate()
            out, err = process.communicate(timeout=60)
        return Done(process.returncode, out, first + err)

    def run_block(self, text: str) -> list[tuple[str, Done]]:
        """Run a block's commands in order; raises for one that these pages should not have."""
        return [(line, self._run_line(line)) for line in commands(text) if self._runs(line)]

    def _run_line(self, line: str) -> Done:
        if line.split()[1:] == ["run"]:
            return self.run_until_it_runs(line)
        return self.run(line)

    def _runs(self, line: str) -> bool:
        if line.startswith("deskpulse "):
            return True
        if line.startswith("export "):
            name = line.split()[1].partition("=")[0]
            assert name in self.environ, f"{line}: nothing here needs {name}"
            return False
        if line.startswith("make "):
            targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            assert line.split()[1] in targets, f"{line}: the Makefile has no such verb"
            return False
        raise AssertionError(f"{line!r} cannot be run here; give the block another language")


def _trace(problem: BaseException | None) -> str:
    if problem is None or isinstance(problem, SystemExit):
        return ""
    return "".join(traceback.format_exception(problem, limit=-2))


def commands(text: str) -> list[str]:
    """The commands of a shell block."""
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


@contextlib.contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """The desk, synced and derived; its Zendesk and its Slack stay up until the end."""
    start = PRESENT - timedelta(weeks=WEEKS)
    made = ZendeskSimulator(seed=SEED, tickets=TICKETS, weeks=WEEKS, start=start, budget=0)
    with made as zendesk, FakeSlack() as slack:
        text = CONFIG.format(
            zendesk=zendesk.url,
            client_id=zendesk.credentials["client_id"],
            slack=slack.url,
            channel=slack.channel,
        )
        (folder / "config.toml").write_text(text, encoding="utf-8")
        secrets = {
            "ZENDESK_CLIENT_SECRET": zendesk.credentials["client_secret"],
            "SLACK_BOT_TOKEN": slack.token,
            "DESKPULSE_PRIVACY_KEY": "a-key-of-the-documentation",
        }
        ready = Desk(folder, secrets, PRESENT)
        for line in ("deskpulse sync", "deskpulse derive"):
            done = ready.run(line)
            assert done.code == 0, done
        yield ready


def shown(text: str) -> str:
    """Output as a page shows it: without what differs from machine to machine."""
    text = re.sub(r"http://127\.0\.0\.1:\d+", "https://acme.zendesk.com", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


__all__ = ["Desk", "Done", "commands", "desk", "shown", "understood"]

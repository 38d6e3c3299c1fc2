"""`deskpulse ...` in processes that can be killed, stopped, and given clocks and disks that fail.

They come from a fork server: a process without threads that has imported everything.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

SLACK_PACE_S = 0.02
"""Instead of the second that Slack wants between two messages: a thousand kills must fit in."""
WARM = (
    "benchmarks.alerts_drill.warm",
    "deskpulse.app.cli",
)

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(list(WARM))


@dataclass(frozen=True)
class Tweaks:
    """What is different about a process's world."""

    offset: Path | None = None
    """A file with the seconds by which its clock is wrong at the moment."""
    file_limit: int = 0
    """No file may grow beyond so many bytes: a full disk."""
    slack_pace_s: float = SLACK_PACE_S


@dataclass
class Victim:
    """A running command; its output goes to `log`."""

    process: ForkServerProcess
    began: float = field(default_factory=time.monotonic)

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process.pid is not None
        return self.process.pid

    @property
    def age_s(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.began

    def over(self) -> bool:
        """Whether it has ended."""
        return self.process.exitcode is not None

    def kill(self) -> bool:
        """Kill -9; False if it had ended before."""
        if self.over():
            return False
        os.kill(self.pid, signal.SIGKILL)
        self.process.join()
        return self.process.exitcode != 0

    def send(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def wait(self, most_s: float = 120) -> int:
        """Its exit code; raises `TimeoutError`."""
        self.process.join(most_s)
        if self.process.exitcode is None:
            self.kill()
            raise TimeoutError(f"a command has not ended after {most_s} s")
        return self.process.exitcode


def start(log: Path, *arguments: object, tweaks: Tweaks | None = None) -> Victim:
    """`deskpulse ARGUMENTS` as a process."""
    words = [str(each) for each in arguments]
    process = _SERVER.Process(target=_main, args=(str(log), words, tweaks or Tweaks()))
    process.start()
    return Victim(process)


def _main(log: str, arguments: list[str], tweaks: Tweaks) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    _apply(tweaks)
    from deskpulse.app.cli import main

    sys.argv = ["deskpulse", *arguments]
    code: object = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _apply(tweaks: Tweaks) -> None:
    from deskpulse_notifiers.slack import Slack

    Slack.spacing_s = tweaks.slack_pace_s
    if tweaks.file_limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (tweaks.file_limit, resource.RLIM_INFINITY))
    if tweaks.offset is not None:
        _bend_clock(tweaks.offset)


def _bend_clock(file: Path) -> None:
    """The machine's clock, wrong by what stands in the file: an operator or NTP has set it."""
    from datetime import UTC, datetime, timedelta

    from deskpulse.clock import SystemClock

    def now(_self: SystemClock) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(file.read_text() or 0))

    SystemClock.now = now  # type: ignore[method-assign]

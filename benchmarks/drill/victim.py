"""A `deskpulse` process that can be killed."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from deskpulse.plugins import load

WARM = ("deskpulse.app.cli", "deskpulse.app.accounts", "deskpulse.app.verbs.sync", "deskpulse.sync")


def warm_up() -> None:
    """Import what a sync needs, plugins too."""
    for name in WARM:
        importlib.import_module(name)
    load()


@dataclass
class Victim:
    """A running command; its output goes to `log`."""

    pid: int
    began: float = field(default_factory=time.monotonic)
    code: int | None = None

    @property
    def age_s(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.began

    def over(self) -> bool:
        """Whether it has ended by itself."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def kill(self) -> bool:
        """Kill -9; False if it had ended before."""
        if self.over():
            return False
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        self.code = os.waitstatus_to_exitcode(status)
        return self.code == -signal.SIGKILL

    def wait(self, most_s: float = 300) -> int:
        """Its exit code, once it has ended by itself."""
        while not self.over():
            if self.age_s > most_s:
                self.kill()
                raise TimeoutError(f"a command has not ended after {most_s} s")
            time.sleep(0.005)
        assert self.code is not None
        return self.code


def spawn(log: Path, *arguments: str) -> Victim:
    """`deskpulse ARGUMENTS` from the beginning: for what has threads that survive no fork."""
    program = str(Path(sys.executable).with_name("deskpulse"))
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        onto = [(os.POSIX_SPAWN_DUP2, file, 1), (os.POSIX_SPAWN_DUP2, file, 2)]
        pid = os.posix_spawn(program, [program, *arguments], os.environ, file_actions=onto)
    finally:
        os.close(file)
    return Victim(pid)


def fork(log: Path, *arguments: str) -> Victim:
    """`deskpulse ARGUMENTS` in a copy of this process: importing takes longer than most syncs."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return Victim(pid)
    code = 70
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        code = _run(arguments)
    finally:
        os._exit(code)


def _run(arguments: tuple[str, ...]) -> int:
    from deskpulse.app.cli import main

    sys.argv = ["deskpulse", *arguments]
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0

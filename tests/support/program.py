"""The program as people use it: in this process where only its words matter, else as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from typer.testing import CliRunner

from deskpulse.app.cli import app

PROGRAM = Path(sys.executable).parent / "deskpulse"


@dataclass(frozen=True)
class Done:
    """What a run left: its exit code and both outputs."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out)

    def ok(self) -> Done:
        assert self.code == 0, f"exit {self.code}\n{self.out}\n{self.err}"
        return self


def invoke(*arguments: object, env: Mapping[str, str] | None = None, stdin: str = "") -> Done:
    """Run in this process: quick; exceptions that reach a user as tracebacks fail the test."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], input=stdin, env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    return {**os.environ, "COLUMNS": "80", "PYTHONWARNINGS": "default", **(env or {})}


def execute(
    *arguments: object, cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 60
) -> Done:
    """Run as a process of its own, to its end."""
    done = subprocess.run(
        [PROGRAM, *(str(each) for each in arguments)],
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=timeout,
    )
    return Done(done.returncode, done.stdout, done.stderr)


class Running:
    """The program as a process that works on; what it says is read as it comes.

    Use it in a `with`: whatever still runs at the end is killed.
    """

    def __init__(self, *arguments: object, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [PROGRAM, *(str(each) for each in arguments)],
            cwd=cwd,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self.printed: list[str] = []
        self._readers = [
            threading.Thread(target=_read, args=(stream, lines), daemon=True)
            for stream, lines in (
                (self.process.stderr, self.said),
                (self.process.stdout, self.printed),
            )
        ]
        for reader in self._readers:
            reader.start()

    def until_said(self, text: str, seconds: float = 30) -> None:
        """Wait until a line of standard error holds `text`."""
        wait_for(lambda: any(text in line for line in list(self.said)), seconds, self)

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, seconds: float) -> Done:
        """Wait for the end, which must come within these seconds."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end: {''.join(self.said)}") from None
        for reader in self._readers:
            reader.join(10)
        return Done(code, "".join(self.printed), "".join(self.said))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(10)
        for stream in (self.process.stderr, self.process.stdout):
            stream.close()


def _read(stream: Any, lines: list[str]) -> None:
    lines.extend(stream)


def wait_for(
    condition: Callable[[], bool], seconds: float = 30, running: Running | None = None
) -> None:
    """Wait until it is so; fails with what `running` said if it is not in time."""
    end = time.monotonic() + seconds
    while not condition():
        ended = running is not None and running.process.poll() is not None and not condition()
        if ended or time.monotonic() > end:
            said = "".join(running.said) if running else ""
            raise AssertionError(f"it did not come to pass\n{said}")
        time.sleep(0.02)


@dataclass
class Desk:
    """A folder with a configuration, and the verbs on it."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def configure(self, text: str) -> Desk:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text, encoding="utf-8")
        return self

    def records(self, name: str, *records: Mapping[str, Any]) -> Desk:
        """Append records to an NDJSON file in the folder."""
        with (self.folder / name).open("a", encoding="utf-8") as file:
            for record in records:
                file.write(json.dumps(record) + "\n")
        return self

    def __call__(self, *arguments: object, as_of: str | None = None) -> Done:
        """Run a verb in this process."""
        return invoke(*self._options(as_of), *arguments, env=self.env)

    def execute(self, *arguments: object, as_of: str | None = None, timeout: float = 60) -> Done:
        """Run a verb as a process."""
        options = self._options(as_of)
        return execute(*options, *arguments, cwd=self.folder, env=self.env, timeout=timeout)

    def start(self, *arguments: object, as_of: str | None = None) -> Running:
        """Start a verb as a process."""
        return Running(*self._options(as_of), *arguments, cwd=self.folder, env=self.env)

    def _options(self, as_of: str | None) -> list[object]:
        return ["-c", self.config, *(["--as-of", as_of] if as_of else [])]

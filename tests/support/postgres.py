"""A real PostgreSQL for the tests: a server of one's own, or one that was started for the run."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from deskpulse.store import migrate
from deskpulse.store.engine import open_engine

VARIABLE = "DESKPULSE_TEST_POSTGRES"
UNPRIVILEGED = ("postgres", "nobody")
"""Whom initdb may run as when we are root, which it refuses."""


ENCODING = ("-E", "UTF8", "--no-locale", "--no-sync")


class NoPostgres(Exception):
    """There is none, and why."""


@dataclass(frozen=True)
class Postgres:
    """A server. Its databases are copies of one that is migrated already."""

    url: URL
    prefix: str

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The URL of a new database, which is dropped at the end."""
        name = f"{self.prefix}_{uuid.uuid4().hex[:12]}"
        template = "template0" if empty else f"{self.prefix}_template"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.url.set(database=name).render_as_string(hide_password=False)
        finally:
            self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """Run one statement outside of any transaction."""
        engine = self._engine()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _engine(self) -> Engine:
        return create_engine(self.url.set(drivername="postgresql+psycopg"))


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server with its template database. Raises `NoPostgres` with the reason."""
    given = os.environ.get(VARIABLE)
    with _borrowed(given) if given else _started() as url:
        server = Postgres(url, f"deskpulse_test_{uuid.uuid4().hex[:8]}")
        template = f"{server.prefix}_template"
        try:
            server.run(f'CREATE DATABASE "{template}" TEMPLATE template0')
        except Exception as problem:
            raise NoPostgres(f"PostgreSQL cannot be used: {problem}") from None
        engine = open_engine(url.set(database=template).render_as_string(hide_password=False))
        migrate.upgrade(engine)
        engine.dispose()
        try:
            yield server
        finally:
            server.run(f'DROP DATABASE "{template}" WITH (FORCE)')


@contextmanager
def _borrowed(url: str) -> Iterator[URL]:
    yield make_url(url)


def restart(url: URL, down_s: float) -> None:
    """Crash a server that was started for this run, and start it again after a while."""
    crash(url)
    time.sleep(down_s)
    start(url)


def crash(url: URL) -> None:
    """Crash a server that was started for this run."""
    folder = Path(str(url.query["host"]))
    control = [_programs() / "pg_ctl", "-D", folder / "data", "-w"]
    _run([*control, "-m", "immediate", "stop"], folder, _account())


def start(url: URL) -> None:
    """Start a server that was crashed."""
    folder = Path(str(url.query["host"]))
    control = [_programs() / "pg_ctl", "-D", folder / "data", "-w"]
    options = (folder / "options").read_text()
    _run([*control, "-l", folder / "log", "-o", options, "start"], folder, _account())


@contextmanager
def _started() -> Iterator[URL]:
    programs = _programs()
    account = _account()
    # below /tmp even if TMPDIR is elsewhere: a socket's path is short, and root's folders are closed
    folder = Path(tempfile.mkdtemp(prefix="deskpulse-pg-", dir="/tmp"))
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        _run(
            [
                programs / "initdb",
                "-D",
                folder / "data",
                "-U",
                "deskpulse",
                "-A",
                "trust",
                *ENCODING,
            ],
            folder,
            account,
        )
        options = (
            f"-F -k {folder} -c listen_addresses= -c full_page_writes=off -c max_connections=60"
        )
        control = [programs / "pg_ctl", "-D", folder / "data", "-w"]
        (folder / "options").write_text(options)
        _run([*control, "-l", folder / "log", "-o", options, "start"], folder, account)
        try:
            yield URL.create(
                "postgresql",
                username="deskpulse",
                database="postgres",
                query={"host": str(folder)},
            )
        finally:
            _run([*control, "-m", "immediate", "stop"], folder, account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(installed, key=lambda path: float(path.parts[4]))
    found = newest[-1] if newest else shutil.which("initdb")
    if found is None:
        raise NoPostgres(
            f"no PostgreSQL: set {VARIABLE} to a server's URL, or install the package postgresql"
        )
    return Path(found).parent


def _account() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    for name in UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise NoPostgres("no PostgreSQL: initdb refuses root, and there is no user postgres or nobody")


def _run(command: list[Any], folder: Path, account: dict[str, Any]) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
        **account,
    )
    if done.returncode:
        raise NoPostgres(f"no PostgreSQL: {command[0]} failed: {done.stderr.strip()[-300:]}")

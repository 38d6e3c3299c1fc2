"""A real Roundup tracker on this machine, for tests and for recording tapes."""

import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

READER = """
db.security.addRole(name='Agent', description='Answers')
db.security.addRole(name='Reader', description='Reads everything over REST')
db.security.addPermissionToRole('Reader', 'Web Access')
db.security.addPermissionToRole('Reader', 'Rest Access')
for name in 'issue', 'msg', 'user', 'status', 'priority', 'keyword':
    db.security.addPermissionToRole('Reader', 'View', name)
"""
SERVE = """
import sys
from wsgiref.simple_server import make_server
from roundup.cgi.wsgi_handler import RequestDispatcher
make_server("127.0.0.1", int(sys.argv[2]), RequestDispatcher(sys.argv[1])).serve_forever()
"""


@dataclass(frozen=True)
class Tracker:
    """A running tracker; all its users have the same password."""

    url: str
    home: Path
    password: str

    def create(self, kind: str, **fields: Any) -> str:
        """Make an item as the administrator; gives its id."""
        return str(self._ask("POST", kind, json=fields)["id"])

    def change(self, kind: str, ident: str, **fields: Any) -> None:
        """Change an item as the administrator."""
        etag = self._ask("GET", f"{kind}/{ident}")["@etag"]
        self._ask("PUT", f"{kind}/{ident}", json=fields, headers={"If-Match": etag})

    def retire(self, item: str) -> None:
        """Delete an item, as Roundup means it."""
        admin(self.home, "retire", item)

    def date(self, kind: str, ident: str, **moments: datetime) -> None:
        """Move an item's `creation` or `activity` to the past, behind Roundup's back."""
        with closing(sqlite3.connect(self.home / "db" / "db", timeout=30)) as db, db:
            for column, at in moments.items():
                moment = f"{at.astimezone(UTC):%Y%m%d%H%M%S}.000"
                db.execute(f"UPDATE _{kind} SET _{column} = ? WHERE id = ?", (moment, ident))

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        own = {"Origin": self.url, "X-Requested-With": "tests", **options.pop("headers", {})}
        while True:
            answer = httpx.request(
                method,
                f"{self.url}/rest/data/{path}",
                auth=("admin", self.password),
                headers=own,
                trust_env=False,
                timeout=60,
                **options,
            )
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            time.sleep(float(answer.headers["Retry-After"]))
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()["data"]


@contextmanager
def tracker(**settings: Any) -> Iterator[Tracker]:
    """Install Roundup's classic tracker and serve it. The user `reader` may read everything.

    `settings` are those of config.ini, each as section_name.
    """
    folder = Path(tempfile.mkdtemp(prefix="roundup-"))
    home, password = folder / "tracker", secrets.token_hex(8)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings |= {"tracker_web": f"{url}/", "mail_domain": "acme.example", "mail_host": "localhost"}
    settings |= {"mail_debug": folder / "mail"}
    settings |= {"password_pbkdf2_default_rounds": 1000}  # they cost 0.1 s at each request
    try:
        written = ",".join(f"{name}={value}" for name, value in settings.items())
        admin(home, "install", "classic", "sqlite", written)
        with (home / "schema.py").open("a") as schema:
            schema.write(READER)
        admin(home, "initialise", password)
        rights = f"password={password}", "roles=Reader", "address=reader@acme.example"
        admin(home, "create", "user", "username=reader", "timezone=-5", *rights)
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(
                [sys.executable, "-c", SERVE, home, str(port)], stdout=log, stderr=log
            )
            try:
                wait_for(url, server, folder / "log")
                yield Tracker(url, home, password)
            finally:
                server.terminate()
                server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def admin(home: Path, *words: str) -> None:
    """Run `roundup-admin`."""
    program = [sys.executable, "-m", "roundup.scripts.roundup_admin", "-i", str(home), *words]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"roundup-admin {words[0]}: {done.stdout}{done.stderr}"


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers."""
    end = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{url}/rest", trust_env=False, timeout=60)
        except httpx.TransportError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < end, "it does not answer"
            time.sleep(0.05)
        else:
            return

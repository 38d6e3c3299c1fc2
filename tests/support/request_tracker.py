"""A real Request Tracker for the tests: a server of one's own with its own SQLite database."""

import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
SETUP = "rt-setup-database-5"
PACKAGES = "request-tracker5 rt5-db-sqlite rt5-standalone"
READER = "reader"
"""The user of the connector: may see everything and change nothing."""

PEOPLE = {"ann": "Ann Agent", "bob": "Bob Agent", READER: "Reader", "outsider": "Outsider"}
"""Everybody who works in RT; the outsider has no rights at all."""

RIGHTS = {
    "reader": ["ShowTicket", "ShowTicketComments", "SeeQueue", "SeeCustomField"],
    "agents": [
        *("OwnTicket", "TakeTicket", "StealTicket", "ModifyTicket", "DeleteTicket"),
        *("ReplyToTicket", "CommentOnTicket", "CreateTicket", "ModifyCustomField"),
    ],
    "everyone": ["CreateTicket", "ReplyToTicket"],
}

SITE = """\
Set($rtname, 'example.com');
Set($Organization, 'example.com');
Set($Timezone, '{zone}');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.db');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($MailCommand, 'testfile');
Set($BcryptCost, 4);  # RT hashes the token at every request; 12 takes a third of a second
Set($WebSessionClass, 'Apache::Session::File');
$RT::VarPath = '{folder}/var';
$RT::MasonDataDir = '{folder}/var/mason_data';
$RT::MasonSessionDir = '{folder}/var/session_data';
1;
"""

DATA = """\
@Users = (
{users}
);
@Queues = ({{ Name => 'Support' }}, {{ Name => 'Billing' }}, {{ Name => 'Old', Disabled => 1 }});
@CustomFields = (
  {{ Name => 'Reason', Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket' }},
);
@ACL = (
{rights}
);
@Final = (sub {{
  my $reader = RT::User->new(RT->SystemUser);
  $reader->Load('{reader}');
  my $token = RT::AuthToken->new(RT->SystemUser);
  my ($id, $told, $text) = $token->Create(Owner => $reader->id, Description => 'deskpulse');
  open my $file, '>', '{folder}/token' or die;
  print $file $text;
  close $file;
  my $field = RT::CustomField->new(RT->SystemUser);
  $field->Load('Reason');
  $field->AddToObject(RT::Queue->new(RT->SystemUser));
}});
1;
"""


class NoRequestTracker(Exception):
    """There is none, and why."""


@dataclass(frozen=True)
class RequestTracker:
    """A running server. `password` is that of every agent and of the reader."""

    url: str
    folder: Path
    token: str
    password: str

    def ask(self, who: str, method: str, path: str, **options: Any) -> Any:
        """One REST2 request as this user; fails unless it is answered with success."""
        answer = httpx.request(
            method,
            f"{self.url}/REST/2.0{path}",
            auth=(who, self.password),
            timeout=60,
            trust_env=False,
            **options,
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.text else None

    def find(self, path: str, **params: Any) -> Any:
        """GET as the reader, with the token."""
        answer = httpx.get(
            f"{self.url}/REST/2.0{path}",
            params=params,
            headers={"Authorization": f"token {self.token}"},
            timeout=60,
            trust_env=False,
        )
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def mail(self, message: str, *, queue: str = "Support") -> None:
        """Hand a mail to the gateway, as a mail server would."""
        answer = httpx.post(
            f"{self.url}/REST/1.0/NoAuth/mail-gateway",
            data={"message": message, "queue": queue, "action": "correspond"},
            timeout=60,
            trust_env=False,
        )
        assert answer.text.startswith("ok"), answer.text

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What its database holds: the truth, without REST2."""
        with closing(sqlite3.connect(self.folder / "rt.db", timeout=30)) as database:
            return database.execute(query, values).fetchall()

    def change(self, statement: str, *values: Any) -> None:
        """Change its database behind its back: only the past cannot be made otherwise."""
        with closing(sqlite3.connect(self.folder / "rt.db", timeout=30)) as database, database:
            database.execute(statement, values)


@contextmanager
def request_tracker(zone: str = "Europe/Berlin") -> Iterator[RequestTracker]:
    """A server with users, queues and rights, but without tickets. Raises `NoRequestTracker`."""
    setup = shutil.which(SETUP) or shutil.which(SETUP, path="/usr/sbin")
    if setup is None or not SERVER.exists():
        raise NoRequestTracker(f"no Request Tracker 5: install the packages {PACKAGES}")
    folder = Path(tempfile.mkdtemp(prefix="deskpulse-rt-", dir="/tmp"))
    try:
        port = _free_port()
        env = _prepare(folder, port, zone)
        password = secrets.token_hex(8)
        _run([setup, "--action", "init", "--skip-create", "--dba-password", "none"], env, folder)
        (folder / "data.pl").write_text(_data(folder, password), encoding="utf-8")
        _run([setup, "--action", "insert", "--datafile", folder / "data.pl"], env, folder)
        token = (folder / "token").read_text(encoding="utf-8")
        with _serving(folder, port, env):
            yield RequestTracker(f"http://127.0.0.1:{port}", folder, token, password)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path, port: int, zone: str) -> dict[str, str]:
    for name in ("conf.d", "var/mason_data", "var/session_data"):
        (folder / name).mkdir(parents=True)
    site = folder / "site.pm"
    site.write_text(SITE.format(folder=folder, port=port, zone=zone), encoding="utf-8")
    own = {"RT_SITE_CONFIG": str(site), "RT_SITE_CONFIG_DIR": str(folder / "conf.d")}
    return {**os.environ, **own}


def _data(folder: Path, password: str) -> str:
    users = [
        f"  {{ Name => '{name}', RealName => '{real}', EmailAddress => '{name}@acme.example', "
        f"Privileged => 1, Password => '{password}' }},"
        for name, real in PEOPLE.items()
    ]
    rights = [
        *(f"{{ UserId => '{READER}', Right => '{right}' }}," for right in RIGHTS["reader"]),
        *(
            f"{{ UserId => '{name}', Right => '{right}' }},"
            for name in ("ann", "bob")
            for right in RIGHTS["reader"] + RIGHTS["agents"]
        ),
        *(
            f"{{ GroupDomain => 'SystemInternal', GroupType => 'Everyone', Right => '{right}' }},"
            for right in RIGHTS["everyone"]
        ),
    ]
    return DATA.format(
        users="\n".join(users), rights="\n".join(rights), reader=READER, folder=folder
    )


def _run(command: list[Any], env: dict[str, str], folder: Path) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        env=env,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    if done.returncode:
        raise NoRequestTracker(f"Request Tracker cannot be set up: {done.stdout}{done.stderr}")


@contextmanager
def _serving(folder: Path, port: int, env: dict[str, str]) -> Iterator[None]:
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [SERVER, "--server", "HTTP::Server::PSGI", "--host", "127.0.0.1", "--port", str(port)],
            env=env,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(port, server, folder)
            yield
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/REST/2.0/rt", timeout=60, trust_env=False)
        except httpx.TransportError:
            if server.poll() is not None or time.monotonic() > end:
                said = (folder / "server.log").read_text("utf-8", "replace")
                raise NoRequestTracker(f"Request Tracker does not start: {said}") from None
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def mail_of(sender: str, subject: str, text: str, *headers: str) -> str:
    """A mail in plain text."""
    return "\n".join(
        [
            f"From: {sender}",
            "To: support@acme.example",
            f"Subject: {subject}",
            f"Message-ID: <{secrets.token_hex(6)}@customer.example>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            *headers,
            "",
            text,
            "",
        ]
    )


def as_json(**fields: Any) -> dict[str, Any]:
    """Options of a request that sends JSON."""
    return {"content": json.dumps(fields), "headers": {"Content-Type": "application/json"}}

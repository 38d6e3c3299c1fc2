"""A real Dovecot of our own, on loopback, with TLS by a private authority. Skips where missing."""

import contextlib
import getpass
import imaplib
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import trustme

USER, PASSWORD = "support@acme.example", "an-invented-password"

CONFIG = """
protocols = imap
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
listen = 127.0.0.1
default_internal_user = {internal}
default_login_user = {internal}
default_internal_group = {group}
first_valid_uid = 1
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
mail_location = maildir:{base}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


@dataclass
class Dovecot:
    """Where it listens; `desk` is a connection that puts mail into it."""

    base: Path
    plain: int
    tls: int
    process: subprocess.Popen
    user: str = USER

    @property
    def ca(self) -> str:
        return str(self.base / "ca.pem")

    def settings(self, **more) -> dict:
        return {
            "host": "localhost",
            "port": self.tls,
            "user": self.user,
            "password": PASSWORD,
            "ca_file": self.ca,
            **more,
        }

    @contextlib.contextmanager
    def desk(self) -> Iterator[imaplib.IMAP4]:
        """A connection of whoever works in the mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.plain, timeout=20) as connection:
            connection.login(self.user, PASSWORD)
            yield connection

    def put(self, text: str, at: datetime, folder: str = "INBOX", flags: str = "") -> int:
        """Store a mail; gives its UID."""
        with self.desk() as desk:
            desk.create(folder)
            when = imaplib.Time2Internaldate(at)
            kind, said = desk.append(folder, flags, when, text.replace("\n", "\r\n").encode())
            assert kind == "OK", said
            return int(re.search(rb"APPENDUID \d+ (\d+)", said[0])[1])


def version() -> str:
    """Why there is no Dovecot here; "" if there is one that this configuration is for."""
    path = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if path is None:
        return "no Dovecot is installed (Debian: dovecot-imapd)"
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    if not told.startswith("2.3"):
        return f"the tests have a configuration for Dovecot 2.3; this is {told.strip()}"
    return ""


@contextlib.contextmanager
def running() -> Iterator[Dovecot]:
    """Start it as a process of our own, wait until it answers, and end it afterwards."""
    reason = version()
    if reason:
        pytest.skip(reason)
    root = os.geteuid() == 0
    # mail of root is refused, so root's tests give it to nobody
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    base = Path(tempfile.mkdtemp(prefix="dp-imap-"))  # short: sockets have short paths
    base.chmod(0o755)
    plain, tls = _ports()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(base / "ca.pem"))
    made = authority.issue_cert("localhost")
    made.private_key_pem.write_to_path(str(base / "key.pem"))
    made.cert_chain_pems[0].write_to_path(str(base / "cert.pem"))
    for name in ("mail", "run", "state"):
        (base / name).mkdir()
        if root and name == "mail":
            os.chown(base / name, owner.pw_uid, owner.pw_gid)
    group = next(g for g in _groups(root, owner) if g)
    (base / "dovecot.conf").write_text(
        CONFIG.format(
            base=base,
            plain=plain,
            tls=tls,
            password=PASSWORD,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            internal="dovecot" if root else getpass.getuser(),
            group=group,
        )
    )
    command = shutil.which("dovecot") or "/usr/sbin/dovecot"
    process = subprocess.Popen([command, "-F", "-c", str(base / "dovecot.conf")])
    try:
        _wait(plain, base, process)
        yield Dovecot(base, plain, tls, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        shutil.rmtree(base, ignore_errors=True)


def _groups(root: bool, owner: pwd.struct_passwd) -> Iterator[str]:
    import grp

    yield "dovecot" if root else grp.getgrgid(owner.pw_gid).gr_name


def _ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def _wait(port: int, base: Path, process: subprocess.Popen) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError, ssl.SSLError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    log = (base / "log").read_text() if (base / "log").exists() else "no log"
    raise AssertionError(f"Dovecot did not start: {log[-2000:]}")

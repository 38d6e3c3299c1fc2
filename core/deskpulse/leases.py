"""Leases: one row says who may write what until when, judged by the database's own clock.

The token rises with every new holder, so a holder that slept through its lease is fenced off: it
confirms its token in the same transaction as every write. A lease whose holder died on this machine
is free at once: after kill -9 nobody waits for it to expire.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from deskpulse.errors import LeaseHeld
from deskpulse.store.engine import explained

TTL_S = 300

_NOW = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that we hold: `token` fences whoever held it before."""

    name: str
    holder: str
    token: int
    ttl_s: float

    def confirm(self, connection: Connection) -> None:
        """Prolong the lease within this transaction; raises `LeaseHeld` if somebody else has it."""
        now = _NOW[connection.dialect.name]
        kept = connection.execute(
            text(
                f"UPDATE lease SET expires_at = {now} + :ttl WHERE name = :name AND token = :token"
            ),
            {"ttl": int(self.ttl_s * 1e6), "name": self.name, "token": self.token},
        )
        if kept.rowcount != 1:
            raise LeaseHeld(f"the lease {self.name!r} went to another process while we were away")


def this_process() -> str:
    """Who we are, for other holders: host, process id and when the process began."""
    return f"{socket.gethostname()}:{os.getpid()}:{_began(os.getpid())}"


def acquire(engine: Engine, name: str, holder: str, *, ttl_s: float = TTL_S) -> Held:
    """Take the lease `name`, free or expired; raises `LeaseHeld` naming who has it."""
    with explained(f"taking the lease {name!r}"), engine.begin() as connection:
        token = _take(connection, name, holder, ttl_s, orphan="")
        if token is None:
            other = str(
                connection.execute(
                    text("SELECT holder FROM lease WHERE name = :name"), {"name": name}
                ).scalar()
            )
            if _died(other):
                token = _take(connection, name, holder, ttl_s, orphan=other)
            if token is None:
                raise LeaseHeld(f"{name!r} is being worked on by {other}")
        return Held(name, holder, token, ttl_s)


def _take(
    connection: Connection, name: str, holder: str, ttl_s: float, *, orphan: str
) -> int | None:
    now = _NOW[connection.dialect.name]
    row = connection.execute(
        text(
            "INSERT INTO lease (name, holder, token, expires_at) "
            f"VALUES (:name, :holder, 1, {now} + :ttl) "
            "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, "
            "token = lease.token + 1, expires_at = excluded.expires_at "
            f"WHERE lease.expires_at <= {now} OR lease.holder = :orphan RETURNING token"
        ),
        {"name": name, "holder": holder, "ttl": int(ttl_s * 1e6), "orphan": orphan},
    ).first()
    return None if row is None else int(row[0])


def _died(holder: str) -> bool:
    """Whether the holder was a process of this machine that is no more."""
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    began = holder.rpartition(":")[2]
    if host != socket.gethostname() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return began != _began(int(rest))  # the number lives on in another process


def _began(pid: int) -> str:
    """When the process began, in the kernel's ticks; "" where the kernel does not tell.

    A process that has ended and that its parent has not asked after (a zombie) counts as gone.
    """
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in {"Z", "X"} else rest[18]
    except (OSError, ValueError, IndexError):
        return ""


def release(engine: Engine, held: Held) -> None:
    """Give the lease back at once; nothing happens if it is no longer ours."""
    with explained(f"giving back the lease {held.name!r}"), engine.begin() as connection:
        connection.execute(
            text("UPDATE lease SET expires_at = 0 WHERE name = :name AND token = :token"),
            {"name": held.name, "token": held.token},
        )


@contextmanager
def lease(engine: Engine, name: str, holder: str, *, ttl_s: float = TTL_S) -> Iterator[Held]:
    """Hold the lease while the block runs."""
    held = acquire(engine, name, holder, ttl_s=ttl_s)
    try:
        yield held
    finally:
        release(engine, held)

"""Leases: one row says who may write what until when, judged by the database's own clock.

The token rises with every new holder, so a holder that slept through its lease is fenced off: it
confirms its token in the same transaction as every write. A lease whose holder died on this machine
is free at once: after kill -9 nobody waits for it to expire. One that could not be given back, as
the database was away, is known to its own process, which takes it again at once.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from deskpulse.errors import LeaseHeld, StoreError
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


def acquire(
    engine: Engine, name: str, holder: str, *, ttl_s: float = TTL_S, again: bool = False
) -> Held:
    """Take the lease `name`, free or expired; raises `LeaseHeld` naming who has it.

    `again`: also if it is `holder` who has it, who knows that nothing holds it in truth.
    """
    with explained(f"taking the lease {name!r}"), engine.begin() as connection:
        token = _take(connection, name, holder, ttl_s, orphan=holder if again else "")
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
    host, pid, began, *_ = [*holder.split(":"), "", ""]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return began != _began(int(pid))  # the number lives on in another process


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


class Leases:
    """The leases of one process on one store (`store.leases`); its threads share it.

    A lease that names this object in the database although no thread holds it is left over: giving
    it back failed, or the word that we had got it was lost. It is taken again at once, with a
    higher token. Others wait until it expires. `holder` names us instead of our process.
    """

    def __init__(self, engine: Engine, holder: str = "") -> None:
        self._engine = engine
        self._holder = holder
        self._mark = secrets.token_hex(4)
        """Another `Leases` in this process is somebody else."""
        self._lock = threading.Lock()
        self._taken: set[str] = set()

    @contextmanager
    def hold(self, name: str, *, ttl_s: float = TTL_S) -> Iterator[Held]:
        """Hold the lease while the block runs; raises `LeaseHeld` naming who has it.

        What the block did is done, or has failed, whether or not the lease can be given back.
        """
        us = f"{self._holder or this_process()}:{self._mark}"
        with self._lock:
            if name in self._taken:
                raise LeaseHeld(f"{name!r} is being worked on by {us}")
            self._taken.add(name)
        try:
            held = acquire(self._engine, name, us, ttl_s=ttl_s, again=True)
            try:
                yield held
            finally:
                with suppress(StoreError):  # it is ours to take again, or expires
                    release(self._engine, held)
        finally:
            with self._lock:
                self._taken.discard(name)

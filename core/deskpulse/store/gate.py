"""A gate between two SQLite libraries in one process, which must never have one file open at once.

Python's `sqlite3` writes the store; ADBC brings a SQLite of its own to read it as columns. SQLite
guards a file with POSIX locks, and those belong to the process: when one library closes the file,
the locks of the other are gone with it, and it may delete the write-ahead log that the other still
writes. What is committed then is lost, or worse (sqlite.org/howtocorrupt.html, section 2.2.1). So
connections of Python's library pass this gate, and ADBC goes in only when all of them are closed.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool


class Gate:
    """Many may be inside together, or one alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside: Counter[int] = Counter()
        self._alone = False

    def enter(self) -> None:
        """Go in as one of many; waits while somebody is alone."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._inside[threading.get_ident()] += 1

    def leave(self, thread: int) -> None:
        """The one whom `thread` let in goes out; any thread may say so."""
        with self._changed:
            self._inside[thread] -= 1
            self._inside += Counter()  # forgets those at zero
            self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else is inside during the block; waits for those who are."""
        with self._changed:
            if self._inside[threading.get_ident()]:
                raise RuntimeError("this thread reads columns within a transaction of its own")
            self._changed.wait_for(lambda: not self._alone and not self._inside.total())
            self._alone = True
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()


class GatedPool(QueuePool):
    """A pool whose connections pass the gate from when they are taken until they are back."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.gate = Gate()
        self._takers: dict[ConnectionPoolEntry, int] = {}

    def _do_get(self) -> ConnectionPoolEntry:
        taker = threading.get_ident()
        self.gate.enter()
        try:
            entry = super()._do_get()
        except BaseException:
            self.gate.leave(taker)
            raise
        self._takers[entry] = taker
        return entry

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        taker = self._takers.pop(record)
        super()._do_return_conn(record)
        self.gate.leave(taker)


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """While the block runs, this process has no connection of `engine` open, and opens none."""
    pool = engine.pool
    assert isinstance(pool, GatedPool)
    with pool.gate.alone():
        pool.dispose()
        yield

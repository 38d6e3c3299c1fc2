"""Signals: the first one asks for an end after the work at hand, the second one ends at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from deskpulse.app.screen import tell

T = TypeVar("T")

NUMBERS = (signal.SIGTERM, signal.SIGINT)
AWAKE_S = 0.2
"""How long a signal may go unheard."""


@contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """While the block runs, SIGTERM and Ctrl-C set `stop`."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may listen to signals
        return

    def heard(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(128 + number)  # nothing stored is lost by it
        stop.set()
        # a thread of its own: the signal may have come in the middle of another line
        threading.Thread(
            target=tell, args=("stopping after the work at hand; once more ends at once",)
        ).start()

    before = {number: signal.signal(number, heard) for number in NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def awake(work: Callable[[], T]) -> T:
    """What `work` returns or raises, done in another thread so that this one hears signals.

    Libraries (polars does) install handlers of SIGINT that do not wake a thread which waits for a
    lock, and Python runs its own handlers only in a main thread that is awake.
    """
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        while not future.done():
            wait([future], timeout=AWAKE_S)
        return future.result()

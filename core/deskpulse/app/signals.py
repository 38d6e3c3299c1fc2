"""Signals: the first one asks for an end after the work at hand, the second one ends at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from deskpulse.app.screen import tell

NUMBERS = (signal.SIGTERM, signal.SIGINT)


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

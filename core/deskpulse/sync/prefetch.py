"""Fetch the next page while the last one is being stored."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

from deskpulse.connector import Page
from deskpulse.http.pause import Stopped

AHEAD = 1
"""Pages waiting between the fetching and the storing thread: bounds the memory."""
_SLICE_S = 0.2
"""How long `halt` goes unheard."""


_Item = Page | BaseException | None
"""A page, the error that ended them, or None after the last one."""


def prefetch(pages: Iterator[Page], name: str, halt: threading.Event) -> Iterator[Page]:
    """The same pages, pulled in a thread of their own; its error is raised here, in its place.

    When the consumer stops early, so does the thread: after the request that is under way. Raises
    `Stopped` as soon as `halt` is set: a request that hangs is left behind then, in a thread that
    keeps no process alive.
    """
    waiting: queue.Queue[_Item] = queue.Queue(maxsize=AHEAD)
    stop = threading.Event()
    thread = threading.Thread(
        target=_pull, args=(pages, waiting, stop), name=f"pull {name}", daemon=True
    )
    thread.start()
    try:
        while (item := _next(waiting, halt)) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        while thread.is_alive() and not halt.is_set():
            thread.join(_SLICE_S)


def _pull(pages: Iterator[Page], waiting: queue.Queue[_Item], stop: threading.Event) -> None:
    try:
        for page in pages:
            if not _hand_over(page, waiting, stop):
                return
        _hand_over(None, waiting, stop)
    except BaseException as problem:  # noqa: BLE001  carried over to the consumer's thread
        _hand_over(problem, waiting, stop)
    finally:
        close = getattr(pages, "close", None)
        if close is not None:
            close()


def _hand_over(item: _Item, waiting: queue.Queue[_Item], stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            waiting.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False


def _next(waiting: queue.Queue[_Item], halt: threading.Event) -> _Item:
    while not halt.is_set():
        try:
            return waiting.get(timeout=_SLICE_S)
        except queue.Empty:
            continue
    raise Stopped("stopped before the source had answered")

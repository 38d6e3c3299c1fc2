"""Fetch the next page while the last one is being stored."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

from deskpulse.connector import Page

AHEAD = 1
"""Pages waiting between the fetching and the storing thread: bounds the memory."""


def prefetch(pages: Iterator[Page], name: str) -> Iterator[Page]:
    """The same pages, pulled in a thread of their own; its error is raised here, in its place.

    When the consumer stops early, so does the thread: after the request that is under way.
    """
    waiting: queue.Queue[Page | BaseException | None] = queue.Queue(maxsize=AHEAD)
    stop = threading.Event()

    def hand_over(item: Page | BaseException | None) -> bool:
        while not stop.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def pull() -> None:
        try:
            for page in pages:
                if not hand_over(page):
                    return
            hand_over(None)
        except BaseException as problem:  # noqa: BLE001  carried over to the consumer's thread
            hand_over(problem)
        finally:
            close = getattr(pages, "close", None)
            if close is not None:
                close()

    thread = threading.Thread(target=pull, name=f"pull {name}", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()

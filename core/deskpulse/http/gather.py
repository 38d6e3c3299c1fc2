"""Many requests, a few at a time, answers in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

from deskpulse.errors import RequestRefused, StreamForbidden
from deskpulse.http.pause import Stop

C = TypeVar("C")

_AHEAD = 2
"""How many calls per worker are begun before the first of them is taken: one slow answer at the
front does not idle the others, and answers that nobody takes do not pile up."""


def gather(ask: Callable[[C, Stop], Any], calls: Iterable[C], *, parallel: int) -> Iterator[Any]:
    """`ask` every call on `parallel` threads and yield the answers in the order of the calls.

    A refusal of one call (`StreamForbidden`, `RequestRefused`) is yielded at its place; whatever
    else goes wrong is raised there. `calls` is read only as far as needed. When the consumer stops,
    nothing new is sent and waits end; requests on the wire end by themselves.
    """
    abandoned = threading.Event()
    remaining = iter(calls)
    pool = ThreadPoolExecutor(max_workers=max(parallel, 1), thread_name_prefix="deskpulse-gather")
    begun: deque[Future[Any]] = deque()
    try:
        while True:
            for call in islice(remaining, max(parallel, 1) * _AHEAD - len(begun)):
                begun.append(pool.submit(_one, ask, call, abandoned))
            if not begun:
                return
            yield begun.popleft().result()
    finally:
        abandoned.set()
        pool.shutdown(wait=False, cancel_futures=True)


def _one(ask: Callable[[C, Stop], Any], call: C, abandoned: Stop) -> Any:
    try:
        return ask(call, abandoned)
    except (StreamForbidden, RequestRefused) as refusal:
        return refusal

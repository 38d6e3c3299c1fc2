"""Spare the garbage collector: a page is tens of thousands of objects, and hardly a cycle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 100_000
"""New objects after which Python looks for cycles; otherwise it does so after 700."""


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Look for cycles seldom: a fifth of a sync's time would go there.

    The threshold is one for the process. Of two syncs at a time the one that ends last may leave
    it high, which costs a little memory.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(OBJECTS, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)

"""A program that starts before its database does: it waits, and says so."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from deskpulse.app.signals import AWAKE_S
from deskpulse.errors import StoreUnreachable

FIRST_S, LONGEST_S = 1.0, 60.0
"""The waits double from the one to the other."""


def until_it_answers(work: Callable[[], None], stop: Event, said: Callable[[str], None]) -> bool:
    """Do `work`, again and again while the database does not answer; False once `stop` is set.

    Any other error goes through: what is wrong in the configuration is not mended by waiting.
    """
    wait_s = FIRST_S
    while not stop.is_set():
        try:
            work()
        except StoreUnreachable as away:
            said(f"waiting for the database: {away.message}; trying again in {wait_s:.0f} s")
            for _ in range(round(wait_s / AWAKE_S)):
                if stop.wait(AWAKE_S):
                    break
            wait_s = min(2 * wait_s, LONGEST_S)
        else:
            return True
    return False

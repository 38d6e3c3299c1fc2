"""The outbox: what is to be told is written down first, then sent, then ticked off.

At least once: a crash between sending and ticking off repeats that one message (and says so), a
crash before sending loses nothing. One process at a time sends to a notifier, in the order in which
messages were written; a sender that slept through its lease is fenced off.
"""

from deskpulse.outbox.collapse import collapse
from deskpulse.outbox.dead import Failed, dismiss, failed, retry
from deskpulse.outbox.queue import enqueue, queued, written
from deskpulse.outbox.record import Sent
from deskpulse.outbox.sender import CLAIM, FIRST_RETRY, LONGEST_RETRY, MOST_ATTEMPTS, Sender

__all__ = [
    "CLAIM",
    "FIRST_RETRY",
    "LONGEST_RETRY",
    "MOST_ATTEMPTS",
    "Failed",
    "Sender",
    "Sent",
    "collapse",
    "dismiss",
    "enqueue",
    "failed",
    "queued",
    "retry",
    "written",
]

"""For notifiers that speak HTTP: one POST, and what its answer means for the message.

    post       Poster, Reply: one request, never a second one, never a redirect, never a log line
    verdict    problem_of: the error that an answer stands for; patience: what Retry-After asks for

Both names are public: `from deskpulse.delivery import Poster, problem_of`.
"""

from __future__ import annotations

from deskpulse.delivery.post import Poster, Reply
from deskpulse.delivery.verdict import patience, problem_of

__all__ = ["Poster", "Reply", "patience", "problem_of"]

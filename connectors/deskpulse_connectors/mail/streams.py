"""The streams of every mailbox: conversations, and those that silence ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from deskpulse.connector import Page, Parsed, Stream

Pull = Callable[[str | None], Iterator[Page]]


def mail_streams(
    conversations: Pull, silences: Pull, parse: Callable[[Any], Parsed], *, patient: bool
) -> list[Stream]:
    """The conversations; and what has become of those about which nobody writes any more.

    `patient`: silence ends conversations at some time, so it has to be looked for.
    """
    found = [
        Stream(
            "conversations",
            conversations,
            parse,
            help="Every conversation that changed, whole: tickets, messages, people.",
        )
    ]
    if patient:
        found.append(
            Stream(
                "silences",
                silences,
                parse,
                help="Conversations in which silence just became long enough to end them.",
            )
        )
    return found

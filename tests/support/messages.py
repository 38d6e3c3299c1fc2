"""Messages for the notifiers' tests: one of everything, and thousands of any shape."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime

from deskpulse.message import (
    Action,
    Figure,
    Figures,
    Link,
    Message,
    Paragraph,
    Series,
    Table,
    TicketLine,
    Tickets,
)
from deskpulse.untrusted import Untrusted
from support.hostile import TEXTS

COMPLETE_TO = datetime(2026, 11, 22, 6, 58, tzinfo=UTC)
OWN_HOST = "acme.example"
_HOSTILE = tuple(text[:4_000] for text in TEXTS)


def digest(**changes) -> Message:
    """A daily digest with one part of each type."""
    fields = {
        "key": "digest:daily",
        "kind": "digest",
        "title": "Support on Saturday, 21 November",
        "summary": "48 tickets came in, 51 were solved; first replies were 12 % faster.",
        "parts": (
            Figures(
                (
                    Figure("First reply time", "38 min", "-12 %", "good", "▃▅▂", "n = 48"),
                    Figure("Backlog", "112", "+9", "bad", "▁▂▃"),
                    Figure("CSAT", "no data"),
                ),
                title="Numbers",
            ),
            Table(("Team", "Solved"), (("Billing", "31"), ("Returns", "20")), title="By team"),
            Series("Backlog", (("2026-11-20", 103.0), ("2026-11-21", None), ("2026-11-22", 112.0))),
            Tickets(
                (
                    TicketLine(
                        "#4711",
                        Untrusted("Where is my order?"),
                        "waits 3 d",
                        f"https://{OWN_HOST}/agent/tickets/4711",
                    ),
                    TicketLine("#4712", Untrusted("R&D <refund>")),
                ),
                title="Oldest waiting",
                total=9,
            ),
            Paragraph(("Yesterday was calm.", "No outliers."), title="Notes"),
        ),
        "links": (Link("Open the report", f"https://{OWN_HOST}/report?a=1&b=2"),),
        "complete_to": COMPLETE_TO,
        "zone": "Europe/Berlin",
        "id": "outbox-17",
    }
    return Message(**(fields | changes))


def alert(kind="firing", **changes) -> Message:
    """A short message of any kind about one thing."""
    fields = {
        "key": "sla:zendesk/4711",
        "kind": kind,
        "title": "First reply due in 20 minutes: #4711",
        "summary": "Ticket #4711 waits for its first reply until 09:20.",
        "complete_to": COMPLETE_TO,
        "zone": "Europe/Berlin",
        "id": f"outbox-{kind}",
    }
    return Message(**(fields | changes))


def filled_with(text: str, kind="digest") -> Message:
    """A message in which a customer's text stands wherever text may stand."""
    theirs = Untrusted(text)
    address = f"https://{OWN_HOST}/agent/tickets/1"
    return Message(
        key=f"k:{text[:50]}",
        kind=kind,
        title=theirs,
        summary=theirs,
        parts=(
            Paragraph((theirs, theirs), title=theirs),
            Figures((Figure(theirs, text[:50], text[:50], "bad", "▃", text[:50]),), title=theirs),
            Table((theirs, "ours"), ((theirs, theirs), ("x", theirs)), title=theirs),
            Series(theirs, ((text[:50], 1.0), ("b", None)), unit=text[:20]),
            Tickets((TicketLine(text[:50], theirs, theirs, address),), title=theirs, total=7),
        ),
        links=(Link(text[:50], address),),
        complete_to=COMPLETE_TO,
        id=f"id-{len(text)}",
    )


def long_digest(tickets=400) -> Message:
    """Too long for one Slack message."""
    parts = tuple(
        Tickets(
            tuple(
                TicketLine(
                    f"#{number}",
                    Untrusted(f"Subject <{number}> " + "word & " * 12),
                    "waits",
                    f"https://{OWN_HOST}/agent/tickets/{number}",
                )
                for number in range(start, start + 40)
            ),
            title=f"List {start}",
        )
        for start in range(0, tickets, 40)
    )
    return digest(parts=parts)


_SIGNS = list("abc xyz,.") * 3 + list("<>&*_~`|\n\r\t\0\u2028\u202e\ud800😀é漢 =?")
_ADDRESSES = (
    None,
    f"https://{OWN_HOST}/t/1?x=1&y=<2>|z",
    f"https://{OWN_HOST}/" + "long/" * 100,
    "javascript:alert(1)",
    "https://",
    "http://[",
    " ",
)
_KINDS = ("firing", "update", "resolved", "digest", "note")
_ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "No/Where", "../etc/passwd")


class MessageMaker:
    """Messages by a seeded random generator: thousands in seconds, of every size and shape."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> Untrusted | str:
        text = self.string()
        return Untrusted(text) if self.random.random() < 0.5 else text

    def string(self) -> str:
        if self.random.random() < 0.2:
            return self.random.choice(_HOSTILE)
        size = self.random.choice((0, 1, 5, 30))
        text = "".join(self.random.choices(_SIGNS, k=size))
        return text * self.random.choice((1, 1, 1, 1, 20, 150))

    def some(self, make, most: int) -> tuple:
        return tuple(make() for _ in range(self.random.choice((0, 1, 2, most // 2, most))))

    def maybe(self, value):
        return value if self.random.random() < 0.5 else None

    def value(self) -> float | None:
        return self.random.choice((None, 0.0, -1.5, 1e300, -1e300, math.nan, math.inf, 17.25))

    def figure(self) -> Figure:
        tone = self.random.choice(("good", "bad", "neutral"))
        words = [self.maybe(self.string()) for _ in range(3)]
        return Figure(self.text(), self.string(), words[0], tone, words[1], words[2])

    def row(self) -> tuple:
        return self.some(self.text, 4)

    def ticket(self) -> TicketLine:
        address = self.random.choice(_ADDRESSES)
        return TicketLine(self.string(), self.text(), self.text(), address)

    def point(self) -> tuple[str, float | None]:
        return self.string(), self.value()

    def part(self):
        title = self.maybe(self.text())
        match self.random.randrange(5):
            case 0:
                return Paragraph(self.some(self.text, 8), title)
            case 1:
                return Figures(self.some(self.figure, 20), title)
            case 2:
                return Table(self.some(self.text, 4), self.some(self.row, 70), title)
            case 3:
                return Series(self.text(), self.some(self.point, 80), self.string())
            case _:
                total = self.maybe(self.random.randrange(10**9))
                return Tickets(self.some(self.ticket, 70), title, total)

    def message(self) -> Message:
        years = self.random.choice((1, 1969, 2026, 9999))
        instant = datetime(years, 12 if years > 1 else 1, 31 if years > 1 else 1, tzinfo=UTC)
        return Message(
            key=self.string(),
            kind=self.random.choice(_KINDS),
            title=self.text(),
            summary=self.text(),
            parts=self.some(self.part, 8),
            links=tuple(
                Link(self.string(), self.random.choice(_ADDRESSES[1:]))
                for _ in range(self.random.randrange(4))
            ),
            actions=(Action("Acknowledge", "ack", "1"),),
            complete_to=self.maybe(instant),
            zone=self.random.choice(_ZONES),
            id=self.random.choice(("", "outbox-1")),
        )

"""The messages of the contract: one of everything, and one full of a customer's text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from deskpulse.message import (
    Action,
    Figure,
    Figures,
    Link,
    Message,
    MessageKind,
    Paragraph,
    Series,
    Table,
    TicketLine,
    Tickets,
)
from deskpulse.testing.notifying.markup import EVIL
from deskpulse.untrusted import Untrusted

COMPLETE_TO = datetime(2026, 11, 22, 6, 58, tzinfo=UTC)
FRESH = ("07:58", "06:58")
"""How a reader may be told: in the message's zone, or in UTC."""

DIGEST = Message(
    key="digest:daily:2026-11-21",
    kind="digest",
    title="Title-k1 of the day",
    summary="Summary-k2: 48 tickets came in.",
    parts=(
        Figures(
            (Figure("Figure-k3", "38 min-k4", "-12 %", "good", "▃▅▂", "n = 48"),), title="N-k5"
        ),
        Table(("Column-k6", "Solved"), ((Untrusted("Cell-k7"), "31"),), title="Table-k8"),
        Series("Series-k9", (("2026-11-20", 103.0), ("2026-11-21", None), ("2026-11-22", 112.0))),
        Tickets(
            (
                TicketLine(
                    "#4711-k10",
                    Untrusted("Subject-k11 Müller 注文"),
                    "Note-k12",
                    "https://desk.example/t/4711",
                ),
            ),
            title="Oldest",
            total=9,
        ),
        Paragraph(("Line-k13", Untrusted("Line-k14")), title="Remarks"),
    ),
    links=(Link("Open-k15", "https://desk.example/report?a=1&b=2"),),
    complete_to=COMPLETE_TO,
    zone="Europe/Berlin",
    id="3f0c2a9e-0001",
)
MARKS = {
    "title": ("Title-k1",),
    "summary": ("Summary-k2",),
    "parts": (
        *("Figure-k3", "38 min-k4", "N-k5", "Column-k6", "Cell-k7", "Table-k8", "Series-k9"),
        *("#4711-k10", "Subject-k11 Müller 注文", "Note-k12", "Line-k13", "Line-k14"),
    ),
    "links": ("Open-k15",),
    "freshness": FRESH[:1],
}
"""What of `DIGEST` must be seen, by what a sink shows."""


def alert(kind: MessageKind = "firing", name: str = "a") -> Message:
    """A short message about one ticket."""
    return Message(
        key="sla:desk/4711",
        kind=kind,
        title=f"First reply due in 20 min ({name})",
        summary="Ticket #4711 waits.",
        actions=(Action("Acknowledge", "acknowledge", "sla:desk/4711"),),
        complete_to=COMPLETE_TO,
        zone="Europe/Berlin",
        id=f"3f0c2a9e-{kind}-{name}",
    )


def full_of(text: str) -> Message:
    """A message in which a customer's text stands wherever one may stand."""
    theirs = Untrusted(text)
    return replace(
        DIGEST,
        kind="firing",
        title=theirs,
        summary=theirs,
        parts=(
            Paragraph((theirs, theirs), title=theirs),
            Figures((Figure(theirs, "1"),), title=theirs),
            Table((theirs, "ours"), ((theirs, theirs), ("x", theirs)), title=theirs),
            Series(theirs, (("a", 1.0), ("b", 2.0))),
            Tickets((TicketLine("#1", theirs, theirs, "https://desk.example/t/1"),), title=theirs),
        ),
    )


HOSTILE = (
    "<!channel> <!here|here> <!everyone> <@U024BE7LH> <!subteam^S123> <#C024BE91L>",
    f"<http://{EVIL}|your bank> <https://{EVIL}>",
    "&lt;!channel&gt; &amp;lt;@U1&amp;gt; a|b>c<d",
    "*bold* _it_ ~gone~ `code` ```\nfence\n``` out",
    f"</script><img src=x onerror=alert(1)><svg/onload=1><a href='//{EVIL}'>x</a><!-- -->",
    f'" onmouseover="alert(1)" href="https://{EVIL}',
    f"</title></style><style>*{{display:none}}</style><iframe src=https://{EVIL}>",
    f"[click](https://{EVIL}) ![x](https://{EVIL}/p.png) [a]: https://{EVIL}",
    "<at>Everyone</at> {{DATE(2026-01-01T00:00:00Z, LONG)}}",
    "[red]red[/red] [/] {{7*7}} {% raw %} %(x)s ${HOME}",
    f"hello\r\nBcc: evil@{EVIL}\r\n\r\nbody",
    f"hello\nX-Evil: 1\x0bX-Evil: 2\x85X-Evil: 3\u2028X-Evil: evil@{EVIL}",
    f"=?utf-8?q?a=0ABcc:_evil@{EVIL}?= =?utf-8?b?YQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?=",
    f"line\n.\nMAIL FROM:<evil@{EVIL}>\n..",
    "nul \x00 escape \x1b[31mred\x1b]0;title\x07 back\x08\x08 del\x7f c1 \x9b31m",
    "invoice\u202efdp.exe \u2066\u2067abc\u2069",
    "half \ud800 a \udfff character",
    "\ufeffmark z" + "\u0301" * 60,
    '"quoted", \'single\', \\back\\slash, {"json": true}, a;b\tc',
    "لم يصل طلبي 注文が届きません 😀👩‍👩‍👧‍👦",
    "",
    " \t\n\u00a0 ",
    "x" * 5_000,
    "<&>" * 2_000,
    "line\n" * 3_000,
)
"""Texts that a customer may write and that must never do anything but be read."""

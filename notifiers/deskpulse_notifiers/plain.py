"""A message as lines of plain text: what a terminal and the text part of a mail show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len

from deskpulse.message import Figure, Figures, Message, Paragraph, Part, Series, Table, Tickets
from deskpulse_notifiers.text import clean, fit, one_line
from deskpulse_notifiers.urls import web_address
from deskpulse_notifiers.words import (
    and_more,
    beyond_headline,
    freshness,
    headline,
    hidden_tickets,
    shown,
    trend,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskpulse.untrusted import Text

Style = Literal["title", "heading", "good", "bad", "text", "quiet"]

LINE = 300
"""Characters of a line that came from outside."""
PROSE = 1_000
"""Characters of a paragraph's line, and of the summary."""
CELL = 40
ROWS = 100
"""Lines of one part: rows, tickets, or lines of a paragraph."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line and what it is; never holds a line break."""

    text: str
    style: Style = "text"


def text_of(message: Message, rows: int = ROWS) -> str:
    """The whole message as text, ending in a line break."""
    return "".join(f"{line.text.rstrip()}\n" for line in lines_of(message, rows))


def lines_of(message: Message, rows: int = ROWS) -> Iterator[Line]:
    """The message line by line; each list shows `rows` items and says how many it leaves out."""
    title = fit(headline(message), LINE)
    yield Line(title, "title")
    yield Line("=" * min(cell_len(title), 80), "quiet")
    if summary := beyond_headline(message):
        yield Line(fit(summary, PROSE))
    for part in message.parts:
        yield Line("")
        if part.title:
            yield Line(fit(one_line(part.title), LINE), "heading")
        yield from part_lines(part, rows)
    if message.links:
        yield Line("")
        for link in message.links:
            yield Line(f"{fit(one_line(link.label), LINE)}: {web_address(link.url)}")
    if fresh := freshness(message):
        yield Line("")
        yield Line(fresh, "quiet")


def part_lines(part: Part, rows: int = ROWS) -> Iterator[Line]:
    """One part without its title."""
    match part:
        case Paragraph():
            yield from _paragraph(part, rows)
        case Figures():
            yield from _figures(part)
        case Table():
            listed, left = shown(part.rows, rows)
            yield from (Line(text) for text in aligned((part.columns, *listed)))
            yield from _left_out(left)
        case Series():
            yield Line(f"  {trend(part)}")
        case Tickets():
            yield from _tickets(part, rows)


def aligned(rows: tuple[tuple[Text, ...], ...]) -> Iterator[str]:
    """Rows of cells under each other, by the width that a terminal gives each character."""
    cells = [[fit(one_line(cell), CELL) for cell in row] for row in rows]
    columns = max((len(row) for row in cells), default=0)
    widths = [
        max((cell_len(row[column]) for row in cells if column < len(row)), default=0)
        for column in range(columns)
    ]
    for row in cells:
        padded = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=False)
        )
        yield "  ".join(padded).rstrip()


def figure_text(figure: Figure) -> str:
    """What follows the label: `38 min  (-12 %)  ▃▅▂  small sample`."""
    delta = f"({one_line(figure.delta)})" if figure.delta else ""
    words = (figure.value, delta, figure.sparkline or "", figure.note or "")
    return "  ".join(word for word in map(one_line, words) if word)


def _paragraph(part: Paragraph, rows: int) -> Iterator[Line]:
    texts = [line for text in part.lines for line in clean(text).split("\n")]
    listed, left = shown(texts, rows)
    yield from (Line(fit(text, PROSE)) for text in listed)
    yield from _left_out(left, "lines")


def _figures(part: Figures) -> Iterator[Line]:
    labels = [fit(one_line(figure.label), CELL) for figure in part.items]
    width = max(map(cell_len, labels), default=0)
    for label, figure in zip(labels, part.items, strict=True):
        space = " " * (width - cell_len(label) + 2)
        style: Style = "text" if figure.tone == "neutral" else figure.tone
        yield Line(f"  {label}{space}{figure_text(figure)}", style)


def _tickets(part: Tickets, rows: int) -> Iterator[Line]:
    listed, _ = shown(part.items, rows)
    for ticket in listed:
        subject = fit(one_line(ticket.subject), LINE) or "(no subject)"
        note = fit(one_line(ticket.note), LINE)
        words = f"  - {one_line(ticket.reference)}  {subject}"
        yield Line(f"{words} ({note})" if note else words)
        if address := web_address(ticket.url):
            yield Line(f"    {address}", "quiet")
    yield from _left_out(hidden_tickets(part, len(listed)))


def _left_out(count: int, what: str = "") -> Iterator[Line]:
    if count > 0:
        yield Line(f"  {and_more(count)} {what}".rstrip(), "quiet")

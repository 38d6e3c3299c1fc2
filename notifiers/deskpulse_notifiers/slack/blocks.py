"""A message as Block Kit blocks, each inside Slack's limits. Pure.

Limits (counted after escaping): header 150, section text 3,000, context 10 elements.
(https://docs.slack.dev/reference/block-kit/blocks)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deskpulse.message import Figures, Message, Paragraph, Part, Series, Table, TicketLine, Tickets
from deskpulse_notifiers.plain import aligned, figure_text
from deskpulse_notifiers.slack.buttons import buttons_of
from deskpulse_notifiers.slack.chart import CHARTS, KIND, chart_of
from deskpulse_notifiers.slack.look import BARE, Look
from deskpulse_notifiers.slack.mrkdwn import ESCAPES, FENCED, QUIET, bold, link, mention, quiet
from deskpulse_notifiers.text import clean, fit, units
from deskpulse_notifiers.words import (
    and_more,
    beyond_headline,
    freshness,
    headline,
    hidden_tickets,
    mark,
    shown,
    tone_sign,
    trend,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Block = dict[str, Any]

HEADER = 150
SECTION = 3_000
LINE = 400
"""Units of one line of a list; a subject is cut, the list stays readable."""
ROWS = 50
PEOPLE = 20
"""Mentions in one message."""
_FENCE = "```"
SLACK_ID = re.compile(r"[USW][A-Z0-9]{6,20}")
"""Of a person or a user group."""


def blocks_of(message: Message, look: Look = BARE) -> list[Block]:
    """Headline, summary, freshness, buttons, parts, links: in the order in which they are read."""
    blocks = [_header(message), *summary_blocks(message, beyond_headline(message))]
    # the people of the message's route, who may be meant for another kind of sink
    people = (*look.mention, *filter(SLACK_ID.fullmatch, message.mentions))
    if people and message.kind == "firing":
        blocks.append(_section(" ".join(map(mention, dict.fromkeys(people[:PEOPLE])))))
    if look.buttons:
        blocks += buttons_of(message.actions)
    charts = CHARTS if look.charts else 0
    for part in message.parts:
        blocks += _part(part)
        chart = chart_of(part) if charts and isinstance(part, Series) else None
        if chart:
            charts -= 1
            blocks.append(chart)
    if message.links:
        lines = (link(item.url, item.label, SECTION) for item in message.links)
        blocks += [_section(text) for text in packed(lines)]
    return blocks


def summary_blocks(message: Message, said: str) -> list[Block]:
    """The sentence `said`, and up to when the data is complete; also the answer in a thread."""
    blocks: list[Block] = []
    if summary := fit(said, SECTION, ESCAPES):
        blocks.append(_plain_section(summary))
    if fresh := fit(freshness(message), LINE, ESCAPES):
        blocks.append(context(fresh))
    return blocks


def context(text: str) -> Block:
    """One small grey line; `text` is already escaped."""
    return {"type": "context", "elements": [_plain(text)]}


def is_chart(block: Block) -> bool:
    """Whether this is a chart, which an older Slack may not know."""
    return bool(block["type"] == KIND)


def packed(lines: Iterable[str], room: int = SECTION) -> Iterator[str]:
    """Lines joined into texts of at most `room` units, never blank; no line may be longer."""
    held: list[str] = []
    size = 0
    for line in (*lines, None):
        length = units(line) + 1 if line is not None else 0
        if line is None or size + length - 1 > room:
            if text := "\n".join(held).strip("\n"):
                yield text
            held, size = [], 0
        if line is not None:
            held.append(line)
            size += length


def _part(part: Part) -> Iterator[Block]:
    title = bold(part.title, LINE) if part.title else ""
    match part:
        case Paragraph():
            if title:
                yield _section(title)
            yield from _paragraph(part)
        case Figures():
            yield from _listed(title, _figure_lines(part))
        case Table():
            if title:
                yield _section(title)
            yield from _table(part)
        case Series():
            yield from _listed(title, [fit(trend(part), LINE, QUIET)])
        case Tickets():
            yield from _listed(title, _ticket_lines(part))


def _listed(title: str, lines: Iterable[str]) -> Iterator[Block]:
    every = [title, *lines] if title else list(lines)
    yield from (_section(text) for text in packed(every))


def _paragraph(part: Paragraph) -> Iterator[Block]:
    texts = [line for text in part.lines for line in clean(text).split("\n")]
    listed, left = shown(texts, ROWS)
    lines = [fit(line.strip(), SECTION, ESCAPES) for line in listed]
    if left:
        lines.append(f"{and_more(left)} lines")
    yield from (_plain_section(text) for text in packed(lines))


def _figure_lines(part: Figures) -> Iterator[str]:
    for figure in part.items:
        label = bold(figure.label, LINE // 2)
        yield f"{tone_sign(figure.tone)} {label}  {fit(figure_text(figure), LINE, QUIET)}".rstrip()


def _table(part: Table) -> Iterator[Block]:
    listed, left = shown(part.rows, ROWS)
    lines = (fit(text, LINE, FENCED) for text in aligned((part.columns, *listed)))
    for text in packed(lines, SECTION - 2 * len(_FENCE) - 2):
        yield _section(f"{_FENCE}\n{text}\n{_FENCE}")
    if left:
        yield context(f"{and_more(left)} rows")


def _ticket_lines(part: Tickets) -> Iterator[str]:
    listed, _ = shown(part.items, ROWS)
    for ticket in listed:
        yield _ticket_line(ticket)
    if words := and_more(hidden_tickets(part, len(listed))):
        yield words


def _ticket_line(ticket: TicketLine) -> str:
    reference = link(ticket.url, ticket.reference, LINE + LINE)
    subject = quiet(ticket.subject, LINE) or "(no subject)"
    note = quiet(ticket.note, LINE)
    return f"• {reference}  {subject}" + (f" — {note}" if note else "")


def _header(message: Message) -> Block:
    text = fit(mark(message.kind) + headline(message), HEADER, ESCAPES)
    return {"type": "header", "text": _plain(text)}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _plain_section(text: str) -> Block:
    return {"type": "section", "text": _plain(text)}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}

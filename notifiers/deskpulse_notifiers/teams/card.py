"""A message as an Adaptive Card 1.4, small enough for Teams. Pure.

A `TextBlock` reads Markdown, and Markdown has no escape that every Teams client honours. A
`TextRun` reads nothing, so every word that is not ours stands in one.
(https://adaptivecards.io/explorer/TextRun.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from deskpulse.message import Figures, Message, Paragraph, Part, Series, Table, TicketLine, Tickets
from deskpulse.untrusted import Text
from deskpulse_notifiers.plain import aligned, figure_text
from deskpulse_notifiers.text import clean, fit, one_line
from deskpulse_notifiers.urls import web_address
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

Element = dict[str, Any]

LARGEST = 20_000
"""Bytes of the request. Documented are 28 KB; a client library met the limit at 21,000
(msteams_hermes), so what is longer is cut before that."""
_SIZES = ((40, 300), (15, 200), (6, 120), (2, 60))
"""(items of a list, characters of a text), tried in this order until the card is small enough."""
_LINKS = 4
"""Buttons of a card; Teams hides more behind a menu."""
PEOPLE = 20
"""Mentions in one card."""
SIGN_IN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
"""A user principal name; rarer characters, which Markdown reads, are not supported."""
_FUNCTION = str.maketrans({"{": "{\u200d", "}": "\u200d}"})
"""`{{DATE(...)}}` is a function of cards; a joiner keeps two braces from meaning one."""
_COLOURS = {"good": "good", "bad": "attention", "neutral": "default"}
_STYLES = {"firing": "attention", "update": "warning", "resolved": "good"}


def body_of(message: Message) -> bytes:
    """The request's body; long lists end in `and N more`."""
    for rows, length in _SIZES:
        body = orjson.dumps(_envelope(_card(message, rows, length)))
        if len(body) <= LARGEST:
            return body
    words = f"{len(message.parts)} parts are too long for Teams and are left out here."
    card = _card(message, 0, 60, parts=False)
    card["body"].append(_lines([_run(words, isSubtle=True)]))
    return orjson.dumps(_envelope(card))


def _envelope(card: Element) -> Element:
    kind = "application/vnd.microsoft.card.adaptive"
    return {
        "type": "message",
        "attachments": [{"contentType": kind, "contentUrl": None, "content": card}],
    }


def _card(message: Message, rows: int, length: int, *, parts: bool = True) -> Element:
    title = mark(message.kind) + headline(message)
    head: list[Element] = [_lines([_run(fit(title, length), size="Large", weight="Bolder")])]
    if summary := fit(beyond_headline(message), 3 * length):
        head.append(_lines([_run(summary)]))
    if fresh := freshness(message):
        head.append(_lines([_run(fresh, isSubtle=True, size="Small")]))
    style = _STYLES.get(message.kind, "default")
    body: list[Element] = [{"type": "Container", "style": style, "bleed": True, "items": head}]
    people = list(dict.fromkeys(filter(SIGN_IN.fullmatch, message.mentions)))[:PEOPLE]
    if people and message.kind == "firing":
        body.append({"type": "TextBlock", "text": " ".join(map(_at, people)), "wrap": True})
    for part in message.parts if parts else ():
        if title_ := fit(one_line(part.title or ""), length):
            body.append(_lines([_run(title_, weight="Bolder")], spacing="Medium"))
        body += _part(part, rows, length)
    links = [
        {"type": "Action.OpenUrl", "title": fit(_said(link.label), 60) or "link", "url": address}
        for link in message.links[:_LINKS]
        if (address := web_address(link.url))
    ]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": fit(_said(title), 200),
        "msteams": {"width": "Full", **_called(people if message.kind == "firing" else [])},
        "body": body,
        **({"actions": links} if links else {}),
    }


def _at(person: str) -> str:
    """What stands for a mention; a sign-in has no character that Markdown or markup reads."""
    return f"<at>{person}</at>"


def _called(people: list[str]) -> Element:
    """Who is meant by each `<at>`, as Teams wants it beside the card."""
    entities = [
        {"type": "mention", "text": _at(person), "mentioned": {"id": person, "name": person}}
        for person in people
    ]
    return {"entities": entities} if entities else {}


def _part(part: Part, rows: int, length: int) -> Iterator[Element]:
    match part:
        case Paragraph():
            texts = [line for text in part.lines for line in clean(text).split("\n")]
            listed, left = shown(texts, rows)
            yield from _block(_run(fit(text, 3 * length)) for text in listed)
            yield from _left_out(left, "lines")
        case Figures():
            figures, left = shown(part.items, rows)
            for figure in figures:
                words = f"{tone_sign(figure.tone)} {fit(one_line(figure.label), length)}  "
                value = fit(figure_text(figure), length)
                yield _lines([_run(words), _run(value, color=_COLOURS[figure.tone])])
            yield from _left_out(left)
        case Table():
            data, left = shown(part.rows, rows)
            lines = (fit(text, length) for text in aligned((part.columns, *data)))
            yield from _block(_run(text, fontType="Monospace") for text in lines)
            yield from _left_out(left, "rows")
        case Series():
            yield _lines([_run(fit(trend(part), length))])
        case Tickets():
            tickets, _ = shown(part.items, rows)
            for ticket in tickets:
                yield _lines(list(_ticket(ticket, length)))
            yield from _left_out(hidden_tickets(part, len(tickets)))


def _ticket(ticket: TicketLine, length: int) -> Iterator[Element]:
    address = web_address(ticket.url)
    action = {"selectAction": {"type": "Action.OpenUrl", "url": address}} if address else {}
    yield _run(fit(one_line(ticket.reference), length) or "ticket", **action)
    yield _run("  " + (fit(one_line(ticket.subject), length) or "(no subject)"))
    if words := fit(one_line(ticket.note), length):
        yield _run(f" — {words}", isSubtle=True)


def _left_out(count: int, what: str = "") -> Iterator[Element]:
    if words := and_more(count):
        yield _lines([_run(f"{words} {what}".rstrip(), isSubtle=True)])


def _block(runs: Iterable[Element]) -> Iterator[Element]:
    for run in runs:
        if run["text"].strip():
            yield _lines([run], spacing="None")


def _lines(runs: list[Element], **style: str) -> Element:
    return {"type": "RichTextBlock", "inlines": [run for run in runs if run["text"]], **style}


def _run(text: str, **style: Any) -> Element:
    return {"type": "TextRun", "text": _said(text), **style}


def _said(text: Text) -> str:
    return clean(text).translate(_FUNCTION)

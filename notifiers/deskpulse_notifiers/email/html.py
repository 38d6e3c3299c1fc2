"""The HTML part of a mail: one template, escaped by force, styles inlined, under 80 KB. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import css_inline
from jinja2 import Environment, StrictUndefined, Template

from deskpulse.message import Figures, Link, Message, Paragraph, Part, Series, Table, Tickets
from deskpulse.untrusted import Text
from deskpulse_notifiers.email.pictures import Picture, Pictures
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

LARGEST = 80_000
"""Bytes. Gmail clips a mail's HTML at about 102 KB, so that its end would be missing."""
_SIZES = ((50, 300), (20, 200), (8, 120), (3, 80))
"""(items of a list, characters of a text), tried in this order until the mail is small enough."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a section: its cells, the address behind the first, and its tone."""

    cells: tuple[str, ...]
    url: str = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Section:
    """One part, ready for the template."""

    kind: str
    title: str
    rows: tuple[Row, ...]
    columns: tuple[str, ...] = ()
    more: str = ""
    picture: Picture | None = None


def html_of(message: Message, pictures: Pictures = MappingProxyType({})) -> str:
    """The whole document; long lists end in `and N more`."""
    for rows, length in _SIZES:
        document = _document(message, rows, length, pictures)
        if len(document.encode()) <= LARGEST:
            return document
    left = len(message.parts)
    words = Paragraph((f"Too long for a mail: {left} parts are left out here.",))
    return _document(replace(message, parts=(words,), links=message.links[:20]), *_SIZES[-1])


def _document(
    message: Message, rows: int, length: int, pictures: Pictures = MappingProxyType({})
) -> str:
    page = _template().render(
        title=fit(mark(message.kind) + headline(message), length),
        summary=fit(beyond_headline(message), 3 * length),
        sections=[
            replace(_section(part, rows, length), picture=pictures.get(number))
            for number, part in enumerate(message.parts)
        ],
        links=[
            Link(fit(one_line(link.label), length), web_address(link.url)) for link in message.links
        ],
        freshness=freshness(message),
    )
    return _inliner().inline(page)


def _section(part: Part, rows: int, length: int) -> Section:
    def cut(text: Text) -> str:
        return fit(one_line(text), length)

    title = cut(part.title or "")
    match part:
        case Paragraph():
            texts = [line for text in part.lines for line in clean(text).split("\n")]
            listed, left = shown(texts, rows)
            lines = tuple(Row((fit(text, 3 * length),)) for text in listed)
            more = f"{and_more(left)} lines" if left else ""
            return Section("paragraph", title, lines, more=more)
        case Figures():
            return Section("figures", title, tuple(_figures(part, length)))
        case Table():
            data, left = shown(part.rows, rows)
            cells = tuple(Row(tuple(map(cut, row))) for row in data)
            return Section("table", title, cells, tuple(map(cut, part.columns)), and_more(left))
        case Series():
            return Section("series", title, (Row((trend(part),)),))
        case Tickets():
            items, _ = shown(part.items, rows)
            lines = tuple(
                Row(
                    (cut(item.reference), cut(item.subject) or "(no subject)", cut(item.note)),
                    web_address(item.url),
                )
                for item in items
            )
            more = and_more(hidden_tickets(part, len(items)))
            return Section("tickets", title, lines, more=more)


def _figures(part: Figures, length: int) -> Iterator[Row]:
    for figure in part.items:
        words = (
            f"{tone_sign(figure.tone)} {one_line(figure.label)}",
            figure.value,
            figure.delta or "",
            figure.sparkline or "",
            figure.note or "",
        )
        yield Row(tuple(fit(one_line(word), length) for word in words), tone=figure.tone)


@cache
def _template() -> Template:
    # autoescape=True by force: jinja2's own choice by file name is off for `.html.j2`.
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files(__package__).joinpath("message.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


@cache
def _inliner() -> css_inline.CSSInliner:
    # By default css-inline drops @media (dark mode) and would fetch style sheets from the network.
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)

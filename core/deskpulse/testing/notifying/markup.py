"""What in a text would do more than be read, for each way of reading it. Pure.

The addresses and names to look for are those of the contract's own hostile texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Literal

Markup = Literal["plain", "html", "markdown", "mrkdwn"]

EVIL = "evil.example"
_ACTIVE_TAGS = frozenset({"script", "img", "svg", "iframe", "object", "form", "b", "at", "blink"})
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MD_LINK = re.compile(r"(?<!\\)\[[^\]\\]*(?<!\\)\]\(")
_MRKDWN = re.compile(r"<(?:[@!#]|https?:|mailto:)[^>]*>?")


def mischief(reads: Markup, text: str) -> list[str]:
    """What a reader of this kind would do beside showing the text."""
    found = []
    for piece in _pieces(text):
        steering = _STEERING.search(piece)
        if steering:
            found.append(f"a control character {steering[0]!r} in {piece[:80]!r}")
        if reads == "html":
            found += _html(piece)
        elif reads == "markdown":
            found += [f"a link {hit[0]!r}" for hit in _MD_LINK.finditer(piece)]
            found += _html(piece)
        elif reads == "mrkdwn":
            found += [
                f"markup {hit[0]!r}"
                for hit in _MRKDWN.finditer(piece)
                if EVIL in hit[0] or hit[0][1] in "@!#"
            ]
    return found


def _pieces(text: str) -> Iterator[str]:
    """Every string of a JSON document; anything else is one piece."""
    try:
        yield from _strings(json.loads(text))
    except ValueError:
        yield text.replace("\r\n", "\n")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _html(text: str) -> list[str]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTIVE_TAGS:
            self.found.append(f"a tag <{tag}>")
        for name, value in attrs:
            if name.startswith("on") or EVIL in (value or "") or "javascript:" in (value or ""):
                self.found.append(f"an attribute {name}={value!r} of <{tag}>")

"""Text made safe to show: no controls, no bidi overrides, no half characters, cut to length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deskpulse.untrusted import Text, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 100_000
"""Characters of one text that are looked at at all; no sink shows as many."""

ELLIPSIS = "…"

# Every character that some program somewhere takes for the end of a line.
_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# C0 and C1 controls, bidi embeddings, overrides and isolates, lone surrogates, the BOM.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
NO_ESCAPES: Mapping[int, str] = {}
"""For `fit`: a sink that shows every character as it is."""


def clean(text: Text) -> str:
    """The text with one kind of line break, tabs as spaces, and nothing that steers a display."""
    raw = opened(text)[:LONGEST]
    return _HIDDEN.sub("", _BREAKS.sub("\n", raw).replace("\t", " "))


def one_line(text: Text) -> str:
    """`clean`, on one line, with single spaces."""
    return " ".join(clean(text).split())


def units(text: str) -> int:
    """Length in UTF-16 units: never less than any sink counts, and an emoji is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def fit(text: str, limit: int, escapes: Mapping[int, str] = NO_ESCAPES) -> str:
    """`text` escaped, at most `limit` units long, cut between characters and never in an escape.

    `escapes` is a table for `str.translate`: code point to its escaped form.
    """
    whole = text[: limit + 1].translate(escapes)
    if len(text) <= limit and units(whole) <= limit:
        return whole
    room = limit - len(ELLIPSIS)
    kept: list[str] = []
    for character in text:
        escaped = character.translate(escapes)
        room -= units(escaped)
        if room < 0:
            break
        kept.append(escaped)
    return "".join(kept).rstrip() + ELLIPSIS

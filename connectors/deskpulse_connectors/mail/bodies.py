"""What a mail says, as plain text."""

from __future__ import annotations

import re
from html import unescape

_UNSEEN = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>|<!--.*?-->")
_BREAK = re.compile(r"(?i)<(br|/p|/div|/tr|/li|/h\d)\b[^>]*>")
_TAG = re.compile(r"(?s)<[^>]*>")

LONGEST = 100_000
"""Characters that are kept of one letter."""


def plain(text: str, *, html: bool) -> str:
    """The text without markup, with unified line ends."""
    if html:
        text = unescape(_TAG.sub(" ", _BREAK.sub("\n", _UNSEEN.sub(" ", text[: 4 * LONGEST]))))
        text = "\n".join(" ".join(line.split()) for line in text.splitlines())
        text = re.sub(r"\n{3,}", "\n\n", text)
    return text.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST]

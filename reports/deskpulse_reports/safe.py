"""Make foreign text harmless to look at, whatever it will be written into."""

from __future__ import annotations

import unicodedata

LIMIT = 200
_JOINERS = frozenset("\u200c\u200d")
_SPACES = frozenset("\t\n\r\v\f\x85\u2028\u2029")


def clean(text: str, limit: int = LIMIT) -> str:
    """One printable line of at most `limit` characters.

    Line breaks become spaces. Control characters (terminal escapes), marks that reverse the writing
    direction, other invisible format characters and lone surrogates are left out; joiners stay,
    because emoji and Indic scripts need them. What was cut ends in an ellipsis.
    """
    if len(text) <= limit and text.isascii() and text.isprintable() and text == text.strip():
        return text if "  " not in text else " ".join(text.split())  # what nearly every text is
    kept: list[str] = []
    for sign in text[: limit * 4]:
        if sign in _SPACES:
            kept.append(" ")
        elif sign in _JOINERS or not _invisible(sign):
            kept.append(sign)
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit and len(text) <= limit * 4 else line[: limit - 1] + "…"


def _invisible(sign: str) -> bool:
    nobody = ord(sign) & 0xFFFE == 0xFFFE  # U+FFFE, U+FFFF and their kin: never characters
    return nobody or unicodedata.category(sign) in {"Cc", "Cf", "Cs"}

"""Text that a customer wrote. It travels closed; only a renderer opens it, and escapes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Untrusted:
    """A customer's text. `str()` and `repr()` never show it, so it cannot leak by accident."""

    _text: str

    def open(self) -> str:
        """The raw text. Whoever calls this escapes it for the place where it goes."""
        return self._text

    def __str__(self) -> str:
        return "[customer text]"

    def __repr__(self) -> str:
        return f"Untrusted({len(self._text)} characters)"


Text = str | Untrusted
"""Our own words, or a customer's."""


def opened(text: Text) -> str:
    """The raw characters of either, for renderers that escape both alike."""
    return text.open() if isinstance(text, Untrusted) else text

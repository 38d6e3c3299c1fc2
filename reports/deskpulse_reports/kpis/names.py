"""What an error says about a name nobody knows: the nearest one, and all that are allowed."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, or nothing when no name comes close."""
    found = get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return f" (did you mean {found[0]!r}?)" if found else ""


def allowed(known: Iterable[str]) -> str:
    """`allowed are a, b, c`."""
    return "allowed are " + (", ".join(sorted(known)) or "none")

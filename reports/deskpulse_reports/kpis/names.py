"""What an error says about a name nobody knows: the nearest one, and all that are allowed."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, or nothing when no name comes close."""
    names = list(known)
    longer = sorted(one for one in names if one.startswith(f"{name.lower()}_"))
    found = longer or get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f" (did you mean {found[0]!r}?)" if found else ""


def allowed(known: Iterable[str]) -> str:
    """`allowed are a, b, c`."""
    return "allowed are " + (", ".join(sorted(known)) or "none")

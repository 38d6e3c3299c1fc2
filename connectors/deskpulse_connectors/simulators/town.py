"""The customers of one company: the same people write to its desks and buy in its shop."""

from __future__ import annotations


def address(number: int) -> str:
    """The e-mail address of the first (1), second, ... of them, whoever asks."""
    return f"customer{number:03d}@mail.example"

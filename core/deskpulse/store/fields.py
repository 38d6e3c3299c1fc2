"""The columns of our own books: instants in microseconds since 1970, text that is never null."""

from __future__ import annotations

from sqlalchemy import BigInteger, Text
from sqlmodel import Field


def instant(*, nullable: bool = True, primary_key: bool = False) -> int:
    """A column that holds an instant."""
    default = None if nullable else ...
    return Field(default, sa_type=BigInteger, nullable=nullable, primary_key=primary_key)  # type: ignore[no-any-return]


def words(default: str = "") -> str:
    """A column that holds text."""
    return Field(default=default, sa_type=Text, nullable=False)  # type: ignore[no-any-return]

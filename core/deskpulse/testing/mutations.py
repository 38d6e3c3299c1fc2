"""The ways in which a vendor's answer changes its shape, each of which must be loud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from deskpulse.testing.tape import Exchange
from deskpulse.testing.transports import MAINTENANCE


def without_each_key(exchange: Exchange) -> Iterator[tuple[str, Exchange]]:
    """The answer without one of its top-level keys, for each of them, and what was done."""
    value = _value(exchange)
    if isinstance(value, dict):
        for key in value:
            rest = {name: each for name, each in value.items() if name != key}
            yield f"without {key!r}", exchange.answering(rest)


def of_another_shape(exchange: Exchange) -> Iterator[tuple[str, Exchange]]:
    """The answer with values of another type, or as a whole something else."""
    value = _value(exchange)
    if isinstance(value, dict):
        for key, old in value.items():
            for new in _instead_of(old):
                yield f"with {key} = {new!r}", exchange.answering({**value, key: new})
        for new in ([], None, "ok"):
            yield f"as {new!r}", exchange.answering(new)
    elif isinstance(value, list):
        for new in ({}, {"error": "moved"}, None):
            yield f"as {new!r}", exchange.answering(new)
    yield "as an HTML page", replace(exchange, body=MAINTENANCE)


def _value(exchange: Exchange) -> Any:
    try:
        return exchange.json
    except ValueError:
        return None


def _instead_of(old: Any) -> tuple[Any, ...]:
    """Values that a vendor might send instead of this one after a change."""
    if isinstance(old, list):
        return None, {"moved": 1}, "moved"
    if isinstance(old, dict):
        return None, [], "moved"
    if isinstance(old, bool):
        return ("moved",)
    return ({"moved": 1},)

"""`NAME=VALUE` as people type it."""

from __future__ import annotations

from collections.abc import Iterable

from deskpulse.errors import ConfigError


def read_pairs(option: str, texts: Iterable[str] | None) -> dict[str, str]:
    """Name -> value; raises `ConfigError` naming the option."""
    found = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ConfigError(f"{option} is {text!r}", hint="Write it as NAME=VALUE.")
        found[name.strip()] = value
    return found

"""Days that people type."""

from __future__ import annotations

from datetime import date

from deskpulse.errors import ConfigError


def read_day(option: str, text: str | None) -> date | None:
    """The day `2026-11-22`; raises `ConfigError` naming the option."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{option} is {text!r}, which is no day", hint="Write it as 2026-11-22."
        ) from None

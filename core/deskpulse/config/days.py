"""Days of the week as settings name them: "mon", or "mon-fri"."""

from __future__ import annotations

from deskpulse.errors import ConfigError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days_of(text: str, where: str) -> tuple[str, ...]:
    """The days that `text` names; raises `ConfigError`, `where` names the place."""
    first, dash, last = text.strip().lower().partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise ConfigError(
            f'{where} has {text!r}; allowed: {", ".join(DAYS)}, or from-to as in "mon-fri"'
        )
    start = DAYS.index(first)
    end = DAYS.index(last) if dash else start
    if end < start:
        return (*DAYS[start:], *DAYS[: end + 1])
    return DAYS[start : end + 1]

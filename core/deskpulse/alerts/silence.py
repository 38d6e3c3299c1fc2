"""Silences: what is not to be told for a while, by whom and why. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """Keeps quiet what fits every matcher (label: allowed values), from `starts_at` on."""

    id: int
    matchers: Mapping[str, tuple[str, ...]]
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime

    @property
    def words(self) -> str:
        """`silenced by Ann until 2026-11-22 12:00 UTC: printer moves`."""
        why = f": {self.reason}" if self.reason else ""
        return f"by {self.author} until {self.ends_at:%Y-%m-%d %H:%M} UTC{why}"


def fits(matchers: Mapping[str, Collection[str]], tags: Mapping[str, str]) -> bool:
    """Whether every matcher allows what the tags say; no matchers fit everything."""
    return all(tags.get(label, "") in values for label, values in matchers.items())


def silencing(
    silences: Iterable[Silence], tags: Mapping[str, str], now: datetime
) -> Silence | None:
    """The silence that keeps these tags quiet now, the one that lasts longest."""
    active = [
        silence
        for silence in silences
        if silence.starts_at <= now < silence.ends_at and fits(silence.matchers, tags)
    ]
    return max(active, key=lambda silence: silence.ends_at, default=None)

"""Up to when the data behind a report is complete, source by source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from deskpulse_reports import words


@dataclass(frozen=True, slots=True)
class Freshness:
    """One source: `complete_to` is aware, None before its first sync.

    `expected` is how far behind the present it may be before that is worth a warning; None never
    warns (a file, for example). `usual` is how old its data usually gets before it is renewed,
    where enough syncs say it.
    """

    source: str
    complete_to: datetime | None
    expected: timedelta | None = None
    usual: timedelta | None = None

    def stale(self, as_of: datetime) -> bool:
        """Whether the data is older than expected."""
        if self.complete_to is None:
            return True
        return self.expected is not None and as_of - self.complete_to > self.expected

    def said(self, as_of: datetime, zone: str) -> str:
        """`helpdesk: complete to 07:58 Europe/Berlin`; a stale one says how late it is."""
        if self.complete_to is None:
            return f"{self.source}: never synced"
        today = as_of.astimezone(ZoneInfo(zone)).date()
        text = f"{self.source}: complete to {words.instant(self.complete_to, zone, today=today)}"
        if self.stale(as_of):
            text += f", {words.duration((as_of - self.complete_to).total_seconds())} old"
        return text


def complete_to(sources: Iterable[Freshness]) -> datetime | None:
    """Up to when everything is complete: the oldest of all; None if any has never synced."""
    instants = [source.complete_to for source in sources]
    known = [instant for instant in instants if instant is not None]
    return min(known) if known and len(known) == len(instants) else None


def line(sources: Iterable[Freshness], as_of: datetime, zone: str) -> str:
    """The one line that every report carries: `Data complete to 07:58 Europe/Berlin`."""
    oldest = complete_to(sources)
    if oldest is None:
        return "Not known up to when the data is complete"
    today = as_of.astimezone(ZoneInfo(zone)).date()
    return f"Data complete to {words.instant(oldest, zone, today=today)}"


def warnings(sources: Iterable[Freshness], as_of: datetime, zone: str) -> tuple[str, ...]:
    """A sentence for each source that is older than expected."""
    return tuple(
        f"{source.said(as_of, zone)}; numbers may change once it has caught up"
        for source in sources
        if source.stale(as_of)
    )

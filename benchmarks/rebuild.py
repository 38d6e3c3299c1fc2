"""Derive as `deskpulse derive` does it: from a store on disk into a mart on disk."""

from __future__ import annotations

from pathlib import Path

from deskpulse.calendars import Calendar, Calendars
from deskpulse.clock import SystemClock
from deskpulse.store import Store
from deskpulse_reports.facts import Settings
from deskpulse_reports.mart import MartRefresh

OFFICE = {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}


def derive(database: str, mart: str, everything: bool) -> dict[str, int]:
    """Bring the mart up to date; how many tickets were derived."""
    desk = Calendar("desk", "America/New_York", OFFICE, holiday_country="US")
    settings = Settings(Calendars([desk]), default_calendar="desk")
    store = Store.open(f"sqlite:///{database}")
    refresh = MartRefresh(store, Path(mart), settings, {}, SystemClock())
    report = refresh.run(everything=everything)
    store.close()
    return {"tickets": report.tickets}

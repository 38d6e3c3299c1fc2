"""What the facts depend on beside the history, written alike in every process."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson

from deskpulse.calendars import Calendar
from deskpulse_reports.facts import Settings
from deskpulse_reports.facts.schema import TABLES, VERSION
from deskpulse_reports.mart.custom import CustomType


def fingerprint(settings: Settings, customs: Mapping[str, CustomType]) -> str:
    """Another one whenever the same history would give other facts, and only then."""
    text = orjson.dumps(identity(settings, customs), option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=12).hexdigest()


def identity(settings: Settings, customs: Mapping[str, CustomType]) -> dict[str, object]:
    """Version and columns of the facts, calendars, rules, who works when, and custom fields.

    Plain values; the order in which settings were written says nothing.
    """
    columns = {
        table: {name: str(dtype) for name, dtype in schema.items()}
        for table, schema in TABLES.items()
    }
    return {
        "version": VERSION,
        "columns": columns,
        "calendars": {each.name: _calendar(each) for each in settings.calendars.calendars},
        "default_calendar": settings.default_calendar,
        "sources": {
            name: {
                "trust": rules.trust,
                "closed_counts_as_resolved": rules.closed_counts_as_resolved,
                "calendar": rules.calendar,
                "escalation_teams": sorted(rules.escalation_teams),
            }
            for name, rules in settings.sources.items()
        },
        "team_calendars": sorted([*key, name] for key, name in settings.team_calendars.items()),
        "schedules": sorted([*key, name] for key, name in settings.schedules.items()),
        "zone": settings.zone,
        "subjects": settings.subjects,
        "customs": dict(customs),
    }


def _calendar(calendar: Calendar) -> dict[str, object]:
    return {
        "zone": calendar.tz,
        "weekly": {
            day: sorted([*map(str, span)] for span in spans)
            for day, spans in calendar.weekly.items()
            if spans
        },
        "holidays": sorted(day.isoformat() for day in calendar.listed),
        "holiday_country": calendar.holiday_country,
        "holiday_region": calendar.holiday_region,
    }

"""Who works when: the configured calendars, and the vendors' own schedules beside them."""

from __future__ import annotations

import logging

from deskpulse.calendars import Calendar, Calendars
from deskpulse.config import Config
from deskpulse.config.hours import calendar_of
from deskpulse.errors import ConfigError
from deskpulse.records import Schedule, Team
from deskpulse.store import Store
from deskpulse_reports.facts import Settings, SourceRules

log = logging.getLogger(__name__)


def derive_settings(config: Config, store: Store) -> Settings:
    """The rules for derive: a ticket works by its schedule, team, source, or the desk's calendar.

    A vendor's schedule is a calendar called `source/id`; the first one of a source counts for its
    tickets where nothing is configured, as it does at the vendor.
    """
    calendars = [calendar_of(config, name) for name in config.calendars]
    schedules: dict[tuple[str, str], str] = {}
    first: dict[str, str] = {}
    for record in store.all("schedule"):
        assert isinstance(record, Schedule)
        name = f"{record.source}/{record.id}"
        try:
            calendars.append(_vendor_calendar(name, record))
        except ConfigError as problem:
            log.warning("schedule %s is left out: %s", name, problem.message)
            continue
        schedules[record.source, record.id] = name
        first.setdefault(record.source, name)
    return Settings(
        calendars=Calendars(calendars),
        default_calendar=config.calendar,
        sources={
            name: SourceRules(
                trust=source.trust,
                closed_counts_as_resolved=source.closed_counts_as_resolved,
                calendar=source.calendar or config.calendar or first.get(name),
                escalation_teams=frozenset(source.escalation_teams),
            )
            for name, source in config.sources.items()
        },
        team_calendars=_team_calendars(config, store, schedules),
        schedules=schedules,
        zone=config.zone,
        subjects=config.privacy.subjects != "dropped",
    )


def _vendor_calendar(name: str, record: Schedule) -> Calendar:
    weekly = {day: [tuple(span) for span in spans] for day, spans in record.weekly.items()}
    return Calendar(name, record.tz or "", weekly, frozenset(record.holidays))


def _team_calendars(
    config: Config, store: Store, schedules: dict[tuple[str, str], str]
) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for record in store.all("team"):
        assert isinstance(record, Team)
        if record.schedule_id is not None and (record.source, record.schedule_id) in schedules:
            found[record.source, record.id] = schedules[record.source, record.schedule_id]
    for name, calendar in config.calendars.items():
        for team in calendar.teams:
            source, _, key = team.partition("/")
            found[source, key] = name
    return found

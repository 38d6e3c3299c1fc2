"""How facts are to be derived: rules of each source, and who works by which calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from deskpulse.calendars import ALWAYS_OPEN, Calendars


@dataclass(frozen=True)
class SourceRules:
    """What counts for one source.

    `trust`: "history" reads resolutions from status changes, and falls back on the instants that
    a ticket states only where it has no status change; "stated" takes `solved_at`, `closed_at`
    and `first_reply_at` from the ticket. `closed_counts_as_resolved`: whether closing a ticket
    that was never solved is a resolution. `calendar`: this source's calendar, by name.
    `escalation_teams`: ids of teams whose getting a ticket from another is an escalation; without
    any, each move to another team after the first assignment is.
    """

    trust: Literal["history", "stated"] = "history"
    closed_counts_as_resolved: bool = True
    calendar: str | None = None
    escalation_teams: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Settings:
    """All that `derive` needs to know beside the history.

    `sources` are the rules by source name (a source without any has the defaults). A ticket works
    by the calendar of its schedule, else of its team, else of its source, else by
    `default_calendar`. `schedules` maps (source, schedule id) and `team_calendars` (source, team
    id) to calendar names; a schedule id may also be a calendar's name itself. `zone` is the desk's
    IANA zone, whose days a record means that names a day. `subjects`:
    whether facts hold the subjects of tickets.
    """

    calendars: Calendars = field(default_factory=Calendars)
    default_calendar: str = ALWAYS_OPEN
    sources: Mapping[str, SourceRules] = field(default_factory=dict)
    team_calendars: Mapping[tuple[str, str], str] = field(default_factory=dict)
    schedules: Mapping[tuple[str, str], str] = field(default_factory=dict)
    zone: str = "UTC"
    subjects: bool = True

    def rules(self, source: str) -> SourceRules:
        """The rules of one source."""
        return self.sources.get(source, SourceRules())

    def calendar(self, source: str, schedule_id: str | None, team_id: str | None) -> str:
        """The name of the calendar that a ticket of this source works by."""
        if schedule_id is not None:
            name = self.schedules.get((source, schedule_id), schedule_id)
            if name in self.calendars.names:
                return name
        if team_id is not None and (source, team_id) in self.team_calendars:
            return self.team_calendars[source, team_id]
        return self.rules(source).calendar or self.default_calendar

"""The tables of the configuration that belong to core. Plugins bring their own settings."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_SPAN = re.compile(r"^(\d+)\s*(s|m|h|d)(?:(?<=d)ays?)?$")
_UNIT = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def read_span(value: Any) -> timedelta:
    """`"90s"`, `"5m"`, `"2h"` or `"1d"`; raises `ValueError` for anything else."""
    if isinstance(value, str) and (found := _SPAN.match(value.strip())):
        if int(found[1]) == 0:
            raise ValueError(f'"{value}" must be longer than nothing')
        return timedelta(**{_UNIT[found[2]]: int(found[1])})
    raise ValueError(f'"{value}" is not a time span; write "90s", "5m", "2h" or "1d"')


def _clock(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value):
        return time.fromisoformat(value)
    if isinstance(value, time):
        return value
    raise ValueError(f'"{value}" is not a time of day; write "08:00"')


Span = Annotated[timedelta, BeforeValidator(read_span)]
TimeOfDay = Annotated[time, BeforeValidator(_clock)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class TableModel(BaseModel):
    """A table: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class StoreTable(TableModel):
    """`[store]`: the database that keeps every record."""

    url: Any = Field(
        default="sqlite:///deskpulse.db",
        description="Database URL (sqlite or postgresql); one with a password by reference only.",
    )


class MartTable(TableModel):
    """`[mart]`: the folder with the facts that reports read."""

    path: str = Field(default="mart", description="Folder of the fact files.")
    custom: dict[str, Literal["bool", "number", "text"]] = Field(
        default_factory=dict,
        description="Custom ticket fields that become fact columns custom_NAME, with their type.",
    )


class CalendarTable(TableModel):
    """`[calendars.X]`: opening hours."""

    zone: str = Field(description="IANA time zone of the hours.")
    hours: dict[str, list[str]] = Field(
        description='Opening hours by day or days: mon-fri = ["09:00-12:00", "13:00-17:00"].'
    )
    holidays: list[date] = Field(default_factory=list, description="Local dates that are closed.")
    holiday_country: str | None = Field(
        default=None, description="Country code whose public holidays are closed as well."
    )
    holiday_region: str | None = Field(default=None, description="Region within the country.")
    teams: list[str] = Field(
        default_factory=list, description='Teams that work these hours, as "source/team id".'
    )


class SourceTable(TableModel):
    """`[sources.X]`: the settings that every source has; the connector adds its own."""

    use: str = Field(description="The connector: zendesk, files, or a plugin's name.")
    streams: list[str] = Field(
        default_factory=list, description="Streams to read; empty means all."
    )
    trust: Literal["history", "stated"] = Field(
        default="history",
        description="Whether resolution comes from the history or from stated instants.",
    )
    closed_counts_as_resolved: bool = Field(
        default=True, description="Whether closing without solving is a resolution."
    )
    calendar: str | None = Field(
        default=None, description="Business calendar of this source's tickets."
    )
    escalation_teams: list[str] = Field(
        default_factory=list,
        description=(
            "Ids of teams that tickets are escalated to; without any, every move to another team "
            "after the first assignment is an escalation."
        ),
    )
    import_policies: bool | None = Field(
        default=None,
        description=(
            "Whether the vendor's own SLA policies count here, after those of this file; default: "
            "they do where no policy of this file is for the source."
        ),
    )
    on_change: Literal["keep_elapsed", "forward", "at_start"] = Field(
        default="keep_elapsed",
        description=(
            "What a new priority or policy does to an SLA clock: swap its target and keep the time "
            "used, begin a fresh clock, or keep the first target."
        ),
    )
    stale_after: Span = Field(
        default=timedelta(hours=2), description="Data older than this is called stale."
    )


class DigestTable(TableModel):
    """`[digests.X]`: a summary sent once a period."""

    period: Literal["day", "week"] = Field(
        default="day", description="Whether it tells of the day before or of the week before."
    )
    at: TimeOfDay = Field(default=time(8, 0), description="Local time of day to send it.")
    zone: str | None = Field(default=None, description="IANA zone of `at`; default: the desk's.")
    days: list[Weekday] | None = Field(
        default=None,
        description="Days on which it is sent; default: every day, for a week on Monday.",
    )
    to: list[str] = Field(description="Notifiers that receive it.")
    kpis: list[str] = Field(
        default=[
            "submissions",
            "resolutions",
            "backlog",
            "first_reply_time",
            "full_resolution_time",
            "csat",
        ],
        description="KPIs shown, in this order.",
    )
    clock: Literal["calendar", "business"] = Field(
        default="calendar", description="Clock of the durations."
    )
    team: str | None = Field(
        default=None, description="Tell of this team alone: its name or id; default: of all."
    )
    by_team: bool = Field(default=False, description="Whether to add a table with every team.")
    by_source: bool = Field(default=False, description="Whether to add a table with every source.")
    agents: bool = Field(
        default=False,
        description="Whether to name agents: owners of tickets, and a table with every agent.",
    )
    when_empty: Literal["send", "skip", "changed"] = Field(
        default="send",
        description=(
            "When nothing happened: say so (send), keep silent (skip), or keep silent unless a "
            "number is another than the period before (changed)."
        ),
    )
    catch_up: Literal["latest", "all", "skip"] = Field(
        default="latest", description="Which missed periods are sent after a standstill."
    )


class ScheduleTable(TableModel):
    """`[schedule]`: how often `deskpulse run` does what."""

    sync: Span = Field(default=timedelta(minutes=5), description="Time between two syncs.")
    kpis: Span = Field(default=timedelta(hours=1), description="Time between two KPI snapshots.")
    snapshot: list[str] = Field(
        default=["open_tickets", "awaiting_reply", "backlog"],
        description="KPIs whose values are kept as snapshots.",
    )
    heartbeat: Any = Field(
        default=None,
        description="Address that is asked for after each complete cycle; may be a reference.",
    )

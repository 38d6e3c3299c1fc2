"""Which opening hours a ticket works by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from deskpulse.calendars import ALWAYS_OPEN
from deskpulse_reports.facts import Settings, SourceRules
from deskpulse_reports.reconcile.case import Case
from deskpulse_reports.reconcile.cause import Supposition

_SCHEDULE = pl.col("field") == "schedule"


# --- schedule at the event -----------------------------------------------------------------------


def _one_schedule(case: Case) -> Iterator[Case]:
    changes = case.history.changes
    moves = changes.filter(_SCHEDULE)
    if moves.is_empty():
        return
    had = pl.concat(
        [moves.select("ticket_id", schedule=pl.col(side)) for side in ("new", "old")]
    ).drop_nulls()
    without = changes.filter(~_SCHEDULE)
    for schedule in had["schedule"].unique(maintain_order=True):
        whose = case.only(had.filter(pl.col("schedule") == schedule))
        yield whose.having(
            f"all of it by schedule {schedule}",
            changes=without,
            tickets=whose.history.tickets.with_columns(schedule_id=pl.lit(schedule)),
        )
    yield _with_the_status(case.only(moves), changes)


def _with_the_status(case: Case, changes: pl.DataFrame) -> Case:
    """Each stretch of one status by the schedule that it ended with."""
    statuses = changes.filter(pl.col("field") == "status").select(
        "ticket_id", moved=pl.col("changed_at")
    )
    created = case.history.tickets.select(ticket_id="id", moved="created_at")
    stands = pl.concat([statuses, created]).sort("moved")
    moves = changes.filter(_SCHEDULE).sort("changed_at")
    moved = moves.join_asof(
        stands,
        left_on="changed_at",
        right_on="moved",
        by="ticket_id",
        check_sortedness=False,  # sorted just above
    ).with_columns(changed_at=pl.coalesce("moved", "changed_at"))
    return case.having(
        "each status by the schedule that it ended with",
        changes=pl.concat([changes.filter(~_SCHEDULE), moved.select(changes.columns)]),
    )


SCHEDULE_AT_EVENT = Supposition(
    name="schedule_at_event",
    text="the ticket's schedule changed: the vendor measures the whole time by the schedule at "
    "the event, ours adds up what passed under each",
    hint="Nothing is wrong; the two rules differ for tickets that change their schedule.",
    suppose=_one_schedule,
    clock="business",
)

# --- other calendars -----------------------------------------------------------------------------


def _by(case: Case, calendar: str, label: str) -> Case:
    """Every ticket by this calendar, whatever its schedule and team."""
    settings = case.settings
    sources = case.history.tickets["source"].unique().to_list()
    rules: dict[str, SourceRules] = {
        source: replace(settings.rules(source), calendar=calendar or None) for source in sources
    }
    same = Settings(
        calendars=settings.calendars,
        default_calendar=calendar,
        sources={**settings.sources, **rules},
    )
    return case.having(
        tickets=case.history.tickets.with_columns(schedule_id=pl.lit(None, pl.String)),
        changes=case.history.changes.filter(~_SCHEDULE),
    ).under(same, label)


def _other_calendars(case: Case) -> Iterator[Case]:
    for name in case.settings.calendars.names:
        if name != ALWAYS_OPEN:
            yield _by(case, name, f"fits the calendar {name!r}")


OTHER_CALENDAR = Supposition(
    name="other_calendar",
    text="the ticket works by another calendar there",
    hint="Set `calendar` of the source, or `teams` of a calendar, so that both use the same hours.",
    suppose=_other_calendars,
    clock="business",
)


def _around_the_clock(case: Case) -> Iterator[Case]:
    yield _by(case, ALWAYS_OPEN, "fits a desk that never closes")


NO_CALENDAR = Supposition(
    name="no_calendar",
    text="the vendor has no opening hours for the ticket and counts around the clock",
    hint="Give the vendor's schedule to these tickets, or take the calendar away here.",
    suppose=_around_the_clock,
    clock="business",
)

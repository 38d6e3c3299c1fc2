"""What is known of a ticket whose disagreement no cause reproduces: the probable reason."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from deskpulse_reports.facts.words import WAITS
from deskpulse_reports.reconcile.case import Case, business, family
from deskpulse_reports.reconcile.cause import twins
from deskpulse_reports.reconcile.compared import WAITING
from deskpulse_reports.reconcile.pairs import MINUTE, tolerance


@dataclass(frozen=True, slots=True)
class Circumstance:
    """A reason that is probable where `when` holds (an expression over `with_context`).

    `proves`: the circumstance accounts for the size of the difference too.
    """

    name: str
    text: str
    hint: str
    when: pl.Expr
    proves: bool = False


_DIFFERENCE = (pl.col("theirs") - pl.col("ours")).abs()
_RUNNING = pl.any_horizontal(
    *((family() == name) & pl.col("running_status").is_in(of) for name, of in WAITS.items())
)

CIRCUMSTANCES: tuple[Circumstance, ...] = (
    Circumstance(
        "nothing_yet",
        "nothing was measured yet: ours is 0, the vendor gives no number before a second event",
        "Nothing is wrong.",
        (pl.col("ours") == 0) & pl.col("theirs").is_null(),
        proves=True,
    ),
    Circumstance(
        "minute_rounding",
        "the vendor rounds each stretch of time to a minute, and adds them up after that",
        "Nothing is wrong; ours is exact.",
        family().is_in(list(WAITING))
        & (pl.col("theirs") % MINUTE == 0)
        & (MINUTE * pl.col("stretches") > _DIFFERENCE),
        proves=True,
    ),
    Circumstance(
        "daylight_saving",
        "clocks were changed while the ticket ran: the difference is the hour that was won or lost",
        "Ours counts real elapsed time; nothing is wrong here.",
        pl.col("clock_change"),
        proves=True,
    ),
    Circumstance(
        "merged",
        "the ticket was merged into another, and the vendor treats the rest of it otherwise",
        "Merged tickets are in no KPI but `merged`; nothing is wrong.",
        pl.col("gone") == "merged",
    ),
    Circumstance(
        "deleted",
        "the ticket was deleted, marked as spam or is missing: the vendor's numbers are from "
        "before that",
        "Such tickets are in no KPI; nothing is wrong.",
        pl.col("gone").is_not_null(),
    ),
    Circumstance(
        "history_behind",
        "our history of the ticket ends in another status than the ticket has: changes are missing",
        "Run `deskpulse sync`, then `deskpulse derive`; `deskpulse doctor` counts such tickets.",
        pl.col("status") != pl.col("last_status"),
    ),
    Circumstance(
        "clock_skew",
        "something happened before the ticket's creation: two clocks disagree",
        "`deskpulse doctor` lists such tickets; set the clock of the system that writes them.",
        pl.col("early"),
    ),
    Circumstance(
        "still_running",
        "the ticket is still in a status that counts: the vendor adds the time up to now",
        "Ours adds it at the time of the question; compare once it has moved on.",
        _RUNNING & (pl.col("theirs") > pl.col("ours")),
    ),
    Circumstance(
        "hours_differ",
        "only business time differs: the vendor's hours or holidays are not those known here, or "
        "were edited since",
        "Compare the schedule there with `[calendars]`; a vendor keeps what it once computed.",
        business() & ~pl.col("twin_differs"),
    ),
)
UNKNOWN = Circumstance(
    "unknown",
    "no known cause gives the vendor's number",
    "Look at it with `deskpulse ticket SOURCE/ID` and at the vendor, and report what you find.",
    pl.lit(value=True),
)


def with_context(rows: pl.DataFrame, pairs: pl.DataFrame, case: Case) -> pl.DataFrame:
    """The rows with what the circumstances look at.

    Columns: status and last_status (the ticket's, and the last change's), gone (why), stretches
    (how many statuses it had), early (something before creation), clock_change (the difference is
    what clocks were put forward or back by between creation and the last event, in the desk's zone
    or a calendar's), running_status, twin_differs.
    """
    twin = twins(pairs, agree=False).with_columns(twin_differs=pl.lit(value=True))
    zones = sorted({case.settings.zone, *(c.tz for c in case.settings.calendars.calendars)})
    return (
        rows.join(_tickets(case), on="ticket_id", how="left")
        .join(twin, on=["ticket_id", "metric"], how="left")
        .with_columns(
            pl.col("twin_differs", "early").fill_null(value=False),
            clock_change=pl.any_horizontal(_clock_change(each) for each in zones),
        )
    )


def _clock_change(zone: str) -> pl.Expr:
    shift = (_offset("last", zone) - _offset("created_at", zone)).abs()
    return (shift > 0) & ((_DIFFERENCE - shift).abs() < tolerance())


def _tickets(case: Case) -> pl.DataFrame:
    history = case.history
    statuses = history.changes.filter(pl.col("field") == "status").sort("changed_at", "seq", "id")
    last = statuses.group_by("ticket_id", maintain_order=True).agg(
        last_status=pl.col("new").last(), stretches=pl.len() + 1
    )
    events = pl.concat(
        [
            history.messages.select("ticket_id", instant="sent_at"),
            history.changes.select("ticket_id", instant="changed_at"),
        ]
    )
    span = events.group_by("ticket_id").agg(
        first=pl.col("instant").min(), last=pl.col("instant").max()
    )
    merged = pl.col("merged_into").is_not_null()
    gone = pl.col("removed_reason").is_not_null() | pl.col("removed_at").is_not_null()
    return (
        case.tickets.join(last, on="ticket_id", how="left")
        .join(span, on="ticket_id", how="left")
        .select(
            "ticket_id",
            "status",
            "last_status",
            "created_at",
            "last",
            pl.col("stretches").fill_null(1),
            gone=pl.when(merged)
            .then(pl.lit("merged"))
            .when(gone)
            .then(pl.coalesce("removed_reason", pl.lit("deleted"))),
            early=pl.col("first") < pl.col("created_at"),
            running_status=pl.when(~(merged | gone)).then(pl.coalesce("last_status", "status")),
        )
    )


def _offset(instant: str, zone: str) -> pl.Expr:
    """By how many seconds local time is ahead of UTC at an instant."""
    local = pl.from_epoch(pl.col(instant), time_unit="us").dt.replace_time_zone("UTC")
    local = local.dt.convert_time_zone(zone)
    return (local.dt.base_utc_offset() + local.dt.dst_offset()).dt.total_seconds()

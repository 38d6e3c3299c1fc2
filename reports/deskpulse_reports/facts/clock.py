"""The business clock of each ticket, which may change its calendar on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    from deskpulse.calendars import Calendars
    from deskpulse_reports.facts.settings import Settings

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TicketClock:
    """Reads each ticket's business clock: open microseconds up to an instant.

    A ticket whose schedule changed has passed the sum of what passed under each. Its earlier
    stretches are counted back from the last change, so that from there on the clock agrees with
    the calendar it has now, and open spans can be continued by `calendars` alone.
    """

    calendars: Calendars
    numbers: Ints
    """The calendar each ticket (by row) has now."""
    stretches: pl.DataFrame
    """Of tickets whose schedule changed: row, since, number, shift; by row and since."""
    moved: Bools
    """Whether each ticket (by row) is one of these."""

    @classmethod
    def of(cls, tickets: pl.DataFrame, changes: pl.DataFrame, settings: Settings) -> TicketClock:
        """The clocks of these tickets."""
        calendars = settings.calendars
        base = _numbers(tickets.select("source", "schedule_id", "team_id"), settings)
        moves = changes.filter(pl.col("field") == "schedule")
        if moves.is_empty():
            none = np.zeros(len(tickets), dtype=np.bool_)
            return cls(calendars, base, pl.DataFrame(schema={"row": pl.UInt32}), none)
        whose = tickets.select("row", "source", "team_id", "created_at")
        moves = moves.join(whose, on="row", maintain_order="left")
        start = moves.unique("row", keep="first", maintain_order=True).select(
            "row", "source", "team_id", schedule_id="old", since="created_at"
        )
        follow = moves.unique(["row", "instant"], keep="last", maintain_order=True).select(
            "row", "source", "team_id", schedule_id="new", since="instant"
        )
        steps = pl.concat([start, follow]).sort("row", "since", maintain_order=True)
        number = _numbers(steps, settings)
        row, since = steps["row"].to_numpy(), steps["since"].to_numpy()
        end = np.searchsorted(row, row, "right") - 1  # the last stretch of the same ticket
        jump = np.zeros(len(row), dtype=np.int64)
        jump[:-1] = calendars.open_before(number[1:], since[1:])
        jump[:-1] -= calendars.open_before(number[:-1], since[1:])
        jump[end] = 0
        still_to_come = np.cumsum(jump[::-1])[::-1]
        numbers = base.copy()
        numbers[row[end]] = number[end]
        moved = np.zeros(len(tickets), dtype=np.bool_)
        moved[row] = True
        stretches = steps.select("row", "since").with_columns(
            number=pl.Series(number), shift=pl.Series(still_to_come - still_to_come[end])
        )
        return cls(calendars, numbers, stretches, moved)

    def read(self, rows: pl.Series, instants: pl.Series) -> pl.Series:
        """The clock of ticket `rows[i]` at `instants[i]`, in microseconds; null where that is."""
        nulls = instants.null_count()
        if nulls == len(instants):
            return pl.repeat(None, len(instants), dtype=pl.Int64, eager=True)
        filled = instants.fill_null(instants.min()) if nulls else instants
        which = rows.to_numpy()
        passed = self.calendars.open_before(self.numbers[which], filled.to_numpy())
        moved = self.moved[which]
        if moved.any():
            asked = pl.DataFrame({"row": rows, "instant": filled, "place": np.arange(len(rows))})
            found = (
                asked.filter(pl.Series(moved))
                .sort("instant")
                .join_asof(
                    self.stretches.sort("since", maintain_order=True),
                    left_on="instant",
                    right_on="since",
                    by="row",
                    check_sortedness=False,  # sorted just above
                )
                .drop_nulls("number")
            )
            place = found["place"].to_numpy()
            passed[place] = found["shift"].to_numpy() + self.calendars.open_before(
                found["number"].to_numpy(), found["instant"].to_numpy()
            )
        read = pl.Series(passed)
        return read.set(instants.is_null(), None) if nulls else read


def _numbers(tickets: pl.DataFrame, settings: Settings) -> Ints:
    """The calendar number of each line of source, schedule_id, team_id."""
    key = ["source", "schedule_id", "team_id"]
    combinations = tickets.select(key).unique()
    number = [
        settings.calendars.number(settings.calendar(*combination))
        for combination in combinations.iter_rows()
    ]
    return (
        tickets.select(key)
        .join(
            combinations.with_columns(number=pl.Series(number, dtype=pl.Int64)),
            on=key,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )["number"]
        .to_numpy()
    )

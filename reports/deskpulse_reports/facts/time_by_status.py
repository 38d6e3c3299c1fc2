"""Sums of time by ticket and status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from deskpulse_reports.facts.words import STATUS

if TYPE_CHECKING:
    import polars as pl

STATUSES = STATUS.categories.to_list()


def cells(spans: pl.DataFrame) -> npt.NDArray[np.int64]:
    """One number for each span's ticket and `stage`: row * statuses + status."""
    rows = spans["row"].to_numpy().astype(np.int64)
    return np.asarray(rows * len(STATUSES) + spans["stage"].to_physical().to_numpy())


def time_by_status(spans: pl.DataFrame, time: pl.Series, tickets: int) -> npt.NDArray[np.float64]:
    """The sum of `time` of each ticket (row) in each status (column).

    Whole microseconds, exact: the sums stay below 2**53.
    """
    size = tickets * len(STATUSES)
    flat = np.bincount(cells(spans), weights=time.to_numpy(), minlength=size)
    return np.asarray(flat, dtype=np.float64).reshape(tickets, len(STATUSES))

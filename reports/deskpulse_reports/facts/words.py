"""The statuses by what they mean, and the order in which ids are told apart."""

from __future__ import annotations

import polars as pl

UNSOLVED = ("new", "open", "pending", "on_hold")
DONE = ("solved", "closed")
STATUS = pl.Enum([*UNSOLVED, *DONE])
"""A status as a small number, in this order."""

WAITS = {
    "requester_wait": ("new", "open", "on_hold"),
    "agent_wait": ("pending",),
    "on_hold": ("on_hold",),
    "agent_work": ("new", "open"),
}
"""The durations that are time spent in some statuses (kpis SP5 to SP8)."""

BY_ID = (pl.col("id").str.len_chars(), pl.col("id"))
"""Ids of one instant: shorter first, so that 9 comes before 10 whatever the vendor's ids are."""
EARLIEST_STATED = 631_152_000_000_000
"""1990-01-01 in microseconds: earlier stated instants are sentinels."""
LATEST_STATED = 4_102_444_800_000_000
"""2100-01-01 in microseconds: this and later stated instants are sentinels."""


def is_unsolved(name: str) -> pl.Expr:
    """Whether a column of `STATUS` is new, open, pending or on hold."""
    return pl.col(name).to_physical() < len(UNSOLVED)


def is_done(name: str) -> pl.Expr:
    """Whether a column of `STATUS` is solved or closed."""
    return pl.col(name).to_physical() >= len(UNSOLVED)


def plausible(name: str) -> pl.Expr:
    """An optional instant, null where it cannot be one (1970-01-01, 9999-12-31, ...)."""
    column = pl.col(name)
    real = column.is_between(EARLIEST_STATED, LATEST_STATED, closed="left")
    return pl.when(real).then(column).alias(name)

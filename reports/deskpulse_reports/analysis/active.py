"""Active users by day, week and month, and how often they come: stickiness (CO4)."""

from __future__ import annotations

from datetime import date
from typing import Literal

import polars as pl

WEEK_DAYS = 7
MONTH_DAYS = 30
_STEPS = {"day": "1d", "week": "1w", "month": "1mo"}


def active_users(activity: pl.DataFrame, since: date, through: date) -> pl.DataFrame:
    """Distinct customers active on each day (`dau`), in 7 days to it (`wau`), in 30 (`mau`).

    `activity` has `customer_id` and `day` (Date). `since` is the first day with data, `through` the
    last complete one. `wau` and `mau` are null until their days are all within the data.
    `stickiness` is dau / mau (0..1), null where nobody was active. A row for every day.
    """
    days = pl.DataFrame({"day": pl.date_range(since, through, eager=True)})
    seen = (
        activity.select(pl.col("customer_id").cast(pl.String), pl.col("day").cast(pl.Date))
        .drop_nulls()
        .filter(pl.col("day").is_between(since, through))
        .unique()
        .sort("customer_id", "day")
        .with_columns(pl.col("day").shift(-1).over("customer_id").alias("again"))
    )
    for name, window in (("dau", 1), ("wau", WEEK_DAYS), ("mau", MONTH_DAYS)):
        days = days.join(_trailing(seen, window, name), on="day", how="left")
    whole = (pl.col("day") - pl.lit(since)).dt.total_days() + 1
    return (
        days.sort("day")
        .select(
            "day",
            _level("dau"),
            pl.when(whole >= WEEK_DAYS).then(_level("wau")).alias("wau"),
            pl.when(whole >= MONTH_DAYS).then(_level("mau")).alias("mau"),
        )
        .with_columns(
            pl.when(pl.col("mau") > 0).then(pl.col("dau") / pl.col("mau")).alias("stickiness")
        )
    )


def active_in(
    activity: pl.DataFrame, since: date, through: date, width: Literal["day", "week", "month"]
) -> pl.DataFrame:
    """Distinct customers active in each calendar day, ISO week or month that has any.

    Columns `start` (its first day), `active` and `complete`: whether all of it lies from `since`,
    the first day with data, to `through`.
    """
    step = _STEPS[width]
    return (
        activity.select(pl.col("customer_id").cast(pl.String), pl.col("day").cast(pl.Date))
        .drop_nulls()
        .filter(pl.col("day").is_between(since, through))
        .group_by(pl.col("day").dt.truncate(step).alias("start"))
        .agg(pl.col("customer_id").n_unique().cast(pl.Int64).alias("active"))
        .with_columns(
            (
                (pl.col("start") >= since)
                & (pl.col("start").dt.offset_by(step).dt.offset_by("-1d") <= through)
            ).alias("complete")
        )
        .sort("start")
    )


def _trailing(seen: pl.DataFrame, window: int, name: str) -> pl.DataFrame:
    """How many more are counted from a day on than the day before.

    An active day counts for its customer for `window` days, or until the next one takes over.
    """
    ends = pl.min_horizontal(pl.col("day").dt.offset_by(f"{window}d"), pl.col("again"))
    steps = pl.concat(
        [
            seen.select("day", pl.lit(1, pl.Int64).alias(name)),
            seen.select(ends.alias("day"), pl.lit(-1, pl.Int64).alias(name)),
        ]
    )
    return steps.group_by("day").agg(pl.col(name).sum())


def _level(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0).cum_sum().alias(name)

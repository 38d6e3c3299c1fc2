"""Retention by cohort: who comes back 1, 7 and 30 days after the first day (CO3, CU3).

Three figures that differ on the same data, so each is named. Classic: active exactly on day N.
Rolling: active on day N or later. Cumulative: active on any day from 1 to N. Days are local
calendar days. Inactivity is 1 - rolling.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import polars as pl

OFFSETS = (1, 7, 30)
Width = Literal["day", "week", "month"]
_STEPS = {"day": "1d", "week": "1w", "month": "1mo"}

RETENTION_COLUMNS = (
    "cohort", "offset", "size", "classic_n", "rolling_n", "cumulative_n",
    "classic", "rolling", "cumulative", "inactive",
)  # fmt: skip


def retention(
    activity: pl.DataFrame,
    through: date,
    *,
    starts: pl.DataFrame | None = None,
    width: Width = "month",
    offsets: Sequence[int] = OFFSETS,
) -> pl.DataFrame:
    """Retention of each cohort, and of all of them together (`cohort` null).

    `activity` has `customer_id` and `day` (Date), a row or more per active day; rows with a null
    are left out. `starts` has the same columns and says each customer's day 0, otherwise it is the
    first active day. Activity before day 0 is ignored, as are customers missing from `starts`.
    `through` is the last complete day; a cohort is in for N only when N days have passed for all
    of its members, so the last day of its bucket counts. Weeks begin on Monday.

    Answers with the columns `RETENTION_COLUMNS`: counts as `_n`, shares 0..1 beside them. The total
    pools the customers of the cohorts that are old enough; a cohort that is not has no row.
    """
    offsets = sorted(set(offsets))
    if not offsets or offsets[0] < 1:
        raise ValueError(f"offsets are days from 1 on; came: {offsets}")
    days = _clean(activity).filter(pl.col("day") <= through)
    first = days.group_by("customer_id").agg(pl.col("day").min().alias("start"))
    if starts is not None:
        first = (
            _clean(starts).group_by("customer_id").agg(pl.col("day").min().alias("start"))
        ).filter(pl.col("start") <= through)
    step = _STEPS[width]
    members = first.with_columns(pl.col("start").dt.truncate(step).alias("cohort")).with_columns(
        pl.col("cohort").dt.offset_by(step).dt.offset_by("-1d").alias("last_start")
    )
    ages = members.join(days, on="customer_id").select(
        "customer_id", (pl.col("day") - pl.col("start")).dt.total_days().alias("age")
    )
    parts = [_at(members, ages, through, n) for n in offsets]
    return pl.concat(parts).sort("cohort", "offset", nulls_last=True)


def inactive_share(activity: pl.DataFrame, on: date, days: int) -> float | None:
    """Known customers whose last active day is more than `days` days before `on`, 0..1.

    The other reading of inactivity: of everybody known on that day, not by cohort. None if nobody
    is.
    """
    last = (
        _clean(activity)
        .filter(pl.col("day") <= on)
        .group_by("customer_id")
        .agg(pl.col("day").max())
    )
    quiet = (pl.lit(on) - pl.col("day")).dt.total_days() > days
    share: float | None = last.select(quiet.mean()).item()
    return share


def _at(members: pl.DataFrame, ages: pl.DataFrame, through: date, n: int) -> pl.DataFrame:
    old_enough = members.filter((pl.lit(through) - pl.col("last_start")).dt.total_days() >= n)
    age = pl.col("age")
    flags = ages.group_by("customer_id").agg(
        (age == n).any().alias("classic_n"),
        (age >= n).any().alias("rolling_n"),
        age.is_between(1, n).any().alias("cumulative_n"),
    )
    kinds = ("classic", "rolling", "cumulative")
    seen = old_enough.join(flags, on="customer_id", how="left")
    counts = [pl.col(f"{kind}_n").fill_null(value=False).sum().cast(pl.Int64) for kind in kinds]
    counts.insert(0, pl.len().cast(pl.Int64).alias("size"))
    by_cohort = seen.group_by("cohort").agg(counts)
    total = seen.select(pl.lit(None, pl.Date).alias("cohort"), *counts).filter(pl.col("size") > 0)
    shares = [(pl.col(f"{kind}_n") / pl.col("size")).alias(kind) for kind in kinds]
    return (
        pl.concat([by_cohort, total])
        .with_columns(pl.lit(n, pl.Int64).alias("offset"), *shares)
        .with_columns((1 - pl.col("rolling")).alias("inactive"))
        .select(RETENTION_COLUMNS)
    )


def _clean(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col("customer_id").cast(pl.String), pl.col("day").cast(pl.Date)
    ).drop_nulls()

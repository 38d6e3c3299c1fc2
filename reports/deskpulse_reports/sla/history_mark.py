"""What happened on a ticket until a clock ended, as one number.

A verdict is kept while this number stays the same (`kept`), so it depends on the history alone,
not on policies and calendars, and is the same in every process and version.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    from deskpulse_reports.facts.events import Events

Numbers = npt.NDArray[np.uint64]
_SIGN = np.uint64(2**63 - 1)


def history_marks(events: Events, found: pl.DataFrame) -> pl.Series:
    """For each of the `instances`: a number of its start, its end, and all that changed before it.

    Changes are those of status, priority, team, assignee, kind, reason, brand and tags.
    """
    changed = pl.concat(
        [
            events.statuses.select(
                "row",
                "instant",
                text=pl.lit("status=") + pl.col("status").cast(pl.String),
            ),
            events.traits.select(
                "row",
                "instant",
                text=pl.col("field") + "=" + pl.col("new").fill_null(""),
            ),
        ]
    ).sort("row", "instant", maintain_order=True)
    weight = _mixed(_of_texts(changed["text"]) ^ _unsigned(changed["instant"]))
    total = np.cumsum(weight, dtype=np.uint64)
    steps = changed.select("row", "instant", total=pl.Series(total)).unique(
        ["row", "instant"], keep="last", maintain_order=True
    )
    before = changed.select("row", base=pl.Series(total - weight)).unique(
        "row", keep="first", maintain_order=True
    )
    asked = found.select(
        "row", instant=pl.coalesce("ended_at", pl.lit(2**62)), place=pl.int_range(pl.len())
    )
    sums = (
        asked.sort("row", "instant")
        .join_asof(steps, on="instant", by="row", check_sortedness=False)
        .join(before, on="row", how="left")
        .sort("place")
    )
    passed = sums["total"].fill_null(sums["base"]).to_numpy() - sums["base"].to_numpy()
    ends = pl.concat_str(pl.col("metric"), pl.col("ended_by").fill_null(""), separator="/")
    marks = _of_texts(found.select(ends).to_series())
    for column in ("started_at", "ended_at"):
        marks = _mixed(marks ^ _unsigned(found[column].fill_null(0)))
    return pl.Series((_mixed(marks ^ passed) & _SIGN).astype(np.int64))


def _of_texts(texts: pl.Series) -> Numbers:
    """A number for each text; every different one is hashed once."""
    known = texts.unique()
    numbers = [
        int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
        for text in known
    ]
    lookup = pl.DataFrame({"text": known, "number": pl.Series(numbers, dtype=pl.UInt64)})
    joined = texts.to_frame("text").join(lookup, on="text", how="left", maintain_order="left")
    return joined["number"].to_numpy()


def _unsigned(instants: pl.Series) -> Numbers:
    return instants.cast(pl.Int64).to_numpy().astype(np.uint64)


def _mixed(numbers: Numbers) -> Numbers:
    """Every bit of a number moves every bit of the result (splitmix64's finish)."""
    x = numbers + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))

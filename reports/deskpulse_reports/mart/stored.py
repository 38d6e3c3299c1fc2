"""From the store's columns to the history that derive works on."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from deskpulse_reports.facts import History

Frames = Mapping[str, pl.DataFrame]


def history_of(frames: Frames, people: Frames) -> History:
    """`frames` of tickets and what happened to them, `people` with roles and accounts."""
    return History.of(
        frames["tickets"].with_columns(pl.col("tags").str.json_decode(pl.List(pl.String))),
        messages=frames["messages"],
        changes=frames["changes"],
        surveys=frames["surveys"],
        roles=people["roles"],
        accounts=people["accounts"],
    )

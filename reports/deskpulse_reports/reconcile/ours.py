"""Our facts as the mart holds them, which are the numbers that reports show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from deskpulse_reports.mart.manifest import Manifest
from deskpulse_reports.mart.snapshot import snapshot


def facts_in(folder: Path, manifest: Manifest, source: str, names: Sequence[str]) -> pl.DataFrame:
    """`ticket_id` and these ticket facts of one source, from the mart's present snapshot."""
    tickets = snapshot(folder, manifest).relations.get("tickets")
    if tickets is None:
        return pl.DataFrame(schema={"ticket_id": pl.String, **dict.fromkeys(names, pl.Float64)})
    picked = ", ".join(f'CAST("{name}" AS DOUBLE) AS "{name}"' for name in names)
    sql = f"SELECT ticket_id{picked and ', '}{picked} FROM ({tickets}) WHERE source = ?"  # noqa: S608  our own column names and files
    with duckdb.connect() as connection:
        columns = connection.execute(sql, [source]).fetchnumpy()
    return pl.DataFrame(
        {
            "ticket_id": pl.Series(columns["ticket_id"].tolist(), dtype=pl.String),
            **{
                name: pl.Series(np.ma.filled(columns[name], np.nan)).fill_nan(None)
                for name in names
            },
        }
    )

"""Our facts as the mart holds them, which are the numbers that reports show."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import polars as pl

from deskpulse_reports.kpis.session import Session
from deskpulse_reports.mart.manifest import Manifest
from deskpulse_reports.mart.snapshot import snapshot


def facts_in(folder: Path, manifest: Manifest, source: str, names: Sequence[str]) -> pl.DataFrame:
    """`ticket_id` and these ticket facts of one source, from the mart's present snapshot."""
    picked = ", ".join(["source", "ticket_id", *(f'CAST("{n}" AS DOUBLE) AS "{n}"' for n in names)])
    with closing(Session(snapshot(folder, manifest))) as session:
        sql = f"SELECT {picked} FROM tickets"  # noqa: S608  our own column names
        facts = session.frame(sql, "reconcile")
    return facts.filter(pl.col("source") == source).drop("source")

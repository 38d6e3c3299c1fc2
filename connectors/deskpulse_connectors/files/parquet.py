"""Reads Parquet in batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl

from deskpulse_connectors.files.inputs import Unreadable
from deskpulse_connectors.files.rows import Position, Row

BATCH = 50_000


class Parquet:
    """A Parquet file: its columns, then its rows. Raises `Unreadable` if it is not Parquet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self.columns = pl.scan_parquet(path, glob=False).collect_schema().names()
        except (pl.exceptions.PolarsError, OSError) as problem:
            raise Unreadable(f"not Parquet: {_short(problem)}") from None

    def rows(self, start: Position) -> Iterator[Row]:
        """The rows from row number `start.at` on; `Row.line` is the number of the row, from 1."""
        at = start.at
        while True:
            batch = self._batch(at)
            for at, cells in enumerate(batch.iter_rows(), start=at + 1):  # noqa: B020  the count goes on over batches
                yield Row(at, cells, Position(at, at + 1))
            if batch.height < BATCH:
                return

    def _batch(self, at: int) -> pl.DataFrame:
        try:
            batch = pl.scan_parquet(self._path, glob=False).slice(at, BATCH).collect()
            return batch.with_columns(_texts(batch))
        except (pl.exceptions.PolarsError, OSError) as problem:
            raise Unreadable(f"row {at + 1} cannot be read: {_short(problem)}") from None


def _texts(batch: pl.DataFrame) -> Iterator[pl.Series]:
    """Columns of bytes that are UTF-8: programs that know no other texts write them so."""
    for column in batch.select(pl.selectors.binary()):
        with suppress(pl.exceptions.PolarsError):
            yield column.cast(pl.String)


def _short(problem: Exception) -> str:
    return str(problem).split("\n", 1)[0][:200]

"""Opens one input with the reader of its form: columns, then rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath

from deskpulse_connectors.files.delimited import Delimited
from deskpulse_connectors.files.inputs import Input, Unreadable
from deskpulse_connectors.files.lines import Lines
from deskpulse_connectors.files.ndjson import read_ndjson
from deskpulse_connectors.files.parquet import Parquet
from deskpulse_connectors.files.rows import Position, Row
from deskpulse_connectors.files.settings import Table


@dataclass(frozen=True, slots=True)
class Reading:
    """An open input. `columns` is None for NDJSON, whose rows are objects."""

    columns: Sequence[str] | None
    rows: Iterator[Row]


@contextmanager
def reading(source: Input, table: Table, start: Position) -> Iterator[Reading]:
    """The rows of `source` from `start` on. Raises one of `inputs.UNREADABLE`."""
    form = source.format(table.format)
    if form == "parquet":
        if source.packed:
            raise Unreadable("a Parquet file is compressed inside; take it out of the archive")
        parquet = Parquet(source.path)
        yield Reading(parquet.columns, parquet.rows(start))
        return
    with source.open() as stream:
        lines = Lines(stream, table.encoding)
        if form == "ndjson":
            yield Reading(None, read_ndjson(lines, start))
        else:
            delimited = Delimited(lines, delimiter_of(table, source.inner), table.header)
            yield Reading(delimited.columns, delimited.rows(start))


def delimiter_of(table: Table, name: PurePath) -> str:
    """The separator of a CSV file: as set, else a tab in .tsv and a comma in all others."""
    return table.delimiter or ("\t" if name.suffix.lower() == ".tsv" else ",")


def grows(source: Input, table: Table) -> bool:
    """Whether rows may be appended to this file: packed and Parquet files are replaced whole.

    Raises `Unreadable` when the form of the file is unknown.
    """
    return not source.packed and source.format(table.format) != "parquet"

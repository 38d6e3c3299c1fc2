"""DuckDB over one snapshot of the mart, locked: it reads the mart's files and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Timer
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import duckdb

from deskpulse.errors import ConfigError, StoreError
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.columns import CustomType
from deskpulse_reports.kpis.relations import empty
from deskpulse_reports.kpis.tables import VIEWS

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The mart as the engine reads it.

    `relations`: per fact table the SELECT that yields its rows; a table that is missing has no
    rows. `files`: every file they read. `customs`: the columns `custom_<name>` of `tickets` and
    their types.
    """

    relations: Mapping[str, str]
    files: Sequence[str] = ()
    customs: Mapping[str, CustomType] = field(default_factory=dict)


class Reader(Protocol):
    """Whoever answers a question written in DuckDB's SQL: `Session`, or an engine `elsewhere`."""

    def rows(self, sql: str, place: str) -> list[tuple[Any, ...]]:
        """What a query answers; an error calls it `place`."""
        ...


class Session:
    """One locked connection; every query has a cursor of its own, so threads may share it.

    `memory` is DuckDB's memory limit (`1GB`), `seconds` the time that one query may take.
    """

    def __init__(self, snapshot: Snapshot, *, memory: str = "1GB", seconds: float = 60.0) -> None:
        self._seconds = seconds
        self._connection = duckdb.connect(":memory:")
        try:
            self._prepare(snapshot, memory)
        except duckdb.Error as problem:
            self._connection.close()
            raise StoreError(
                f"the mart cannot be read: {_first_line(problem)}",
                hint="Run `deskpulse derive --all` to build it anew.",
            ) from problem

    def _prepare(self, snapshot: Snapshot, memory: str) -> None:
        run = self._connection.execute
        run("SET autoinstall_known_extensions = false")
        run("SET autoload_known_extensions = false")
        run("SET temp_directory = ''")  # else it spills into the working directory
        run("SET parquet_metadata_cache = true")  # files never change once they are written
        run("SET memory_limit = $limit", {"limit": memory})
        for table in TABLES:
            relation = snapshot.relations.get(table) or empty(table, snapshot.customs)
            run(f'CREATE VIEW "{table}" AS {relation}')
        for view, relation in VIEWS.items():
            run(f'CREATE VIEW "{view}" AS {relation}')
        # In this order: without external access our own files are blocked, too.
        allowed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in snapshot.files)
        run(f"SET allowed_paths = [{allowed}]")
        run("SET enable_external_access = false")
        run("SET lock_configuration = true")

    def rows(self, sql: str, place: str) -> list[tuple[Any, ...]]:
        """What a query answers. `place` is what an error calls it: `[kpis.x]`.

        Raises ConfigError when the query cannot be computed, StoreError when it takes too long or
        too much memory, or a file is gone.
        """
        return self._ask(place, lambda cursor: cursor.execute(sql).fetchall())

    def frame(self, sql: str, place: str) -> pl.DataFrame:
        """The same as a polars frame."""
        import polars as pl

        return self._ask(place, lambda cursor: pl.DataFrame(cursor.sql(sql)))

    def _ask(self, place: str, read: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        cursor = self._connection.cursor()
        timer = Timer(self._seconds, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            return read(cursor)
        except duckdb.InterruptException:
            raise StoreError(
                f"{place} took longer than {self._seconds:g} s and was stopped",
                hint="Ask for a shorter window, a coarser --every or fewer dimensions.",
            ) from None
        except duckdb.OutOfMemoryException:
            raise StoreError(
                f"{place} needs more memory than the limit allows",
                hint="Ask for a shorter window or fewer dimensions, or raise the limit.",
            ) from None
        except (duckdb.IOException, duckdb.SerializationException) as problem:
            raise StoreError(
                f"the mart cannot be read: {_first_line(problem)}",
                hint="Run the command again; if it stays, run `deskpulse derive --all`.",
            ) from problem
        except duckdb.Error as problem:
            raise ConfigError(
                f"{place} cannot be computed: {_first_line(problem)}",
                hint="Check the types of the columns in its expressions: an instant is a number of "
                "microseconds since 1970.",
            ) from None
        finally:
            timer.cancel()
            cursor.close()

    def close(self) -> None:
        """Free the memory; the session cannot be used afterwards."""
        self._connection.close()


def _first_line(problem: duckdb.Error) -> str:
    return str(problem).split("\n", maxsplit=1)[0][:300]

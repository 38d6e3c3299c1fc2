"""Derive on Spark: each partition holds some tickets with all that happened to them.

The function that runs there is the same pure `derive` as everywhere; Spark only brings a ticket's
rows together. Roles, accounts and contacts are small and go to every worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession, functions
from pyspark.sql.pandas.types import to_arrow_schema

from benchmarks.engines import histories
from benchmarks.engines.spark import schema
from deskpulse_reports.facts import Facts, History, Settings, derive
from deskpulse_reports.facts import history as shapes
from deskpulse_reports.facts.schema import TABLES

OWNED = ("tickets", "messages", "changes", "surveys", "interactions", "worklogs")
"""What comes along with a ticket."""
EVERYWHERE = ("roles", "accounts", "contacts")
FACTS = tuple(Facts.__dataclass_fields__)
_SCHEMAS: Mapping[str, Any] = {name: getattr(shapes, name.upper()) for name in OWNED}


@dataclass(frozen=True, slots=True)
class Derived:
    """One fact table: how many rows, in how many partitions, and what differs (empty: nothing)."""

    table: str
    rows: int
    partitions: int
    problem: str


def derived(session: SparkSession, scratch: Path) -> Iterator[Derived]:
    """Every fact table derived on Spark against the same derived here, row by row."""
    for name, made in (("lifelike", histories.lifelike), ("odd", histories.odd)):
        history, settings = made()
        local = derive(history, settings)
        tickets = _assembled(session, history, scratch / f"history-{name}")
        for table in FACTS:
            found = facts(tickets, history, settings, table)
            here = getattr(local, table)
            there = pl.DataFrame(found.toArrow()).cast(dict(here.schema))
            yield Derived(
                f"{name}: {table}",
                here.height,
                found.rdd.getNumPartitions(),
                _difference(here, there),
            )


def facts(tickets: DataFrame, history: History, settings: Settings, table: str) -> DataFrame:
    """One fact table, derived partition by partition. Of `history` only what goes everywhere."""
    people = {name: getattr(history, name) for name in EVERYWHERE}
    return tickets.mapInArrow(_each_batch(people, settings, table), schema(table))


def _each_batch(
    people: Mapping[str, pl.DataFrame], settings: Settings, table: str
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    shape = to_arrow_schema(schema(table))

    def of_partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            found: Facts = derive(_history(pl.DataFrame(batch), people), settings)
            yield from getattr(found, table).to_arrow().cast(shape).to_batches()

    return of_partition


def _history(batch: pl.DataFrame, people: Mapping[str, pl.DataFrame]) -> History:
    frames = {name: _rows(batch, name) for name in OWNED}
    return History.of(frames.pop("tickets"), **frames, **people)


def _rows(batch: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows that lie in a column of lists."""
    lists = batch.select(pl.col(name)).drop_nulls()
    rows = lists.explode(name).drop_nulls().unnest(name)
    return rows if rows.width > 1 else pl.DataFrame(schema=dict(_SCHEMAS[name]))


def _assembled(session: SparkSession, history: History, folder: Path) -> DataFrame:
    """One row a ticket: in each column the list of its rows of one kind."""
    folder.mkdir(parents=True)
    frames = histories.tables(history)
    grouped = []
    for name in OWNED:
        path = folder / f"{name}.parquet"
        frames[name].write_parquet(path)
        rows = session.read.parquet(str(path))
        own = "id" if name == "tickets" else "ticket_id"
        grouped.append(
            rows.groupBy(rows["source"].alias("of_source"), rows[own].alias("of_ticket")).agg(
                functions.collect_list(functions.struct(*rows.columns)).alias(name)
            )
        )
    joined = reduce(_joined, grouped)
    return joined.repartition(8, "of_source", "of_ticket").drop("of_source", "of_ticket")


def _joined(some: DataFrame, others: DataFrame) -> DataFrame:
    """Calls and surveys without a ticket have rows of their own: nothing is left out."""
    return some.join(others, ["of_source", "of_ticket"], "full_outer")


def _difference(here: pl.DataFrame, there: pl.DataFrame) -> str:
    if here.height != there.height:
        return f"{there.height} rows for {here.height}"
    keys = [name for name, kind in here.schema.items() if not isinstance(kind, pl.List)]
    one, other = (frame.sort(keys, nulls_last=True) for frame in (here, there))
    different = [name for name in here.columns if not one[name].equals(other[name])]
    return f"columns {', '.join(different)} differ" if different else ""


assert set(FACTS) <= set(TABLES)

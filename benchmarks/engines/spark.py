"""Spark in local mode over the mart's own files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as kinds

from benchmarks.engines.marts import Mart
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.elsewhere import Elsewhere
from deskpulse_reports.kpis.tables import VIEWS
from deskpulse_reports.mart.parts import PARTS, Part

_KINDS: dict[Any, kinds.DataType] = {
    pl.String: kinds.StringType(),
    pl.Int64: kinds.LongType(),
    pl.Int32: kinds.IntegerType(),
    pl.Float64: kinds.DoubleType(),
    pl.Boolean: kinds.BooleanType(),
    pl.Date: kinds.DateType(),
}


@contextmanager
def started(scratch: Path) -> Iterator[SparkSession]:
    """A session on two cores, in a zone of its own: questions must not depend on it."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .appName("deskpulse")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "2g")
        .config("spark.local.dir", str(scratch))
        .config("spark.sql.warehouse.dir", str(scratch / "warehouse"))
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "Pacific/Apia")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def elsewhere(session: SparkSession, mart: Mart) -> Iterator[Elsewhere]:
    """The mart's tables as views; the one asked last is the one that is meant."""
    for table in TABLES:
        parts = [_rows(session, mart, part) for part in PARTS.values() if part.table == table]
        found = [rows for rows in parts if rows is not None]
        view = reduce(_with, found) if found else session.createDataFrame([], schema(table))
        view.createOrReplaceTempView(table)
    for name, relation in VIEWS.items():
        session.sql(relation).createOrReplaceTempView(name)

    def run(query: str) -> Sequence[Sequence[Any]]:
        return session.sql(query).collect()

    yield Elsewhere("spark", run)


def schema(table: str) -> kinds.StructType:
    """A fact table's columns and types."""
    return structure(TABLES[table])


def structure(columns: Any) -> kinds.StructType:
    """Columns as polars types them, as Spark types them."""
    return kinds.StructType(
        [kinds.StructField(name, spark_type(kind)) for name, kind in columns.items()]
    )


def spark_type(kind: Any) -> kinds.DataType:
    """One of our types as Spark's."""
    if isinstance(kind, pl.List):
        return kinds.ArrayType(spark_type(kind.inner))
    return next(other for known, other in _KINDS.items() if kind == known)


def _rows(session: SparkSession, mart: Mart, part: Part) -> DataFrame | None:
    """The base without the owners that were derived anew, and their new rows: as `snapshot`."""
    months = mart.manifest.base.get(part.name, {}).values()
    found = []
    if base := [str(mart.folder / name) for names in months for name in names]:
        rows = session.read.parquet(*base)
        if part.owner in mart.manifest.keys:
            keys = session.read.parquet(str(mart.folder / mart.manifest.keys[part.owner]))
            fresh = keys.select("source", keys["id"].alias(part.key))
            rows = rows.join(fresh, ["source", part.key], "left_anti")
        found.append(rows)
    if part.name in mart.manifest.overlay:
        overlay = str(mart.folder / mart.manifest.overlay[part.name])
        found.append(session.read.parquet(overlay))
    return reduce(_with, found) if found else None


def _with(some: DataFrame, others: DataFrame) -> DataFrame:
    return some.unionByName(others, allowMissingColumns=True)

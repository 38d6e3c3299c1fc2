"""`make engines`: every Measure, Ratio and Stock on other engines; their values are DuckDB's."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pyspark
from pyspark.sql import SparkSession

from benchmarks.engines import asking, deriving, postgresql, spark, transpiled
from benchmarks.engines.asking import Verdict
from benchmarks.engines.marts import Mart, marts
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import KpiEngine
from deskpulse_reports.kpis.session import Snapshot
from deskpulse_reports.mart.snapshot import snapshot
from support.postgres import Postgres

HEADINGS = ("engine", "mart", "specs", "questions", "equal", "differing", "not expressible")
CHUNK = 200
"""Questions asked at once."""


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; 1 where a value differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--only", help="of the KPIs: those whose id contains this text")
    only = parser.parse_args(arguments).only or ""
    catalog = Catalog(BUILTIN)
    differing = 0
    with (
        tempfile.TemporaryDirectory() as temporary,
        postgresql.started() as server,
        spark.started(Path(temporary)) as session,
    ):
        folder = Path(temporary)
        version = postgresql.version(server)
        _say(f"DuckDB {duckdb.__version__}, PostgreSQL {version}, Spark {pyspark.__version__}\n")
        _say(_row(HEADINGS))
        problems: list[str] = []
        for mart in marts(folder):
            for engine, verdicts in _compared(catalog, mart, server, session, only):
                _say(_row(_summary(engine, mart.name, verdicts)))
                problems += _told(engine, mart.name, verdicts)
                differing += sum(bool(each.problem) and each.expressible for each in verdicts)
        _say("\n".join(["", *problems, ""]))
        for table in deriving.derived(session, folder):
            _say(
                f"derive on Spark, {table.table}: {table.rows:,} rows in "
                f"{table.partitions} partitions, {table.problem or 'equal'}"
            )
            differing += bool(table.problem)
    _say("\nAll values are equal." if not differing else f"\n{differing} differ.")
    return 1 if differing else 0


def _compared(
    catalog: Catalog, mart: Mart, server: Postgres, session: SparkSession, only: str
) -> Iterator[tuple[str, list[Verdict]]]:
    files = snapshot(mart.folder, mart.manifest)
    with closing(KpiEngine(files, catalog, mart.desk)) as duck:
        asked = [one for one in asking.questions(catalog, duck) if only in one.kpi]
        ours = _in_chunks(duck, asked)
        opened = {"postgres": postgresql.elsewhere(server, mart)}
        opened["spark"] = spark.elsewhere(session, mart)
        for name, engine_of in opened.items():
            with engine_of as reader:
                engine = KpiEngine(Snapshot({}), catalog, mart.desk, reader=reader)
                yield name, asking.compare(asked, ours, _in_chunks(engine, asked))
        for dialect in transpiled.ONLY_WRITTEN:
            yield f"{dialect} (only written)", transpiled.transpiled(duck, asked, dialect)


def _in_chunks(engine: KpiEngine, asked: list[asking.Asked]) -> list[asking.Answer]:
    found: list[asking.Answer] = []
    for start in range(0, len(asked), CHUNK):
        found += asking.answers(engine, asked[start : start + CHUNK])
    return found


def _summary(engine: str, mart: str, verdicts: list[Verdict]) -> tuple[str, ...]:
    cannot = sum(not each.expressible for each in verdicts)
    differ = sum(bool(each.problem) and each.expressible for each in verdicts)
    equal = len(verdicts) - cannot - differ
    specs = len({each.kpi for each in verdicts})
    shown = "" if "only written" in engine else f"{differ:,}"
    return (engine, mart, f"{specs:,}", f"{len(verdicts):,}", f"{equal:,}", shown, f"{cannot:,}")


def _told(engine: str, mart: str, verdicts: Iterable[Verdict]) -> list[str]:
    """Every difference, and every reason for what cannot be said, once."""
    reasons: dict[str, list[str]] = {}
    lines = []
    for each in verdicts:
        if each.problem and each.expressible:
            lines.append(f"{engine}, {mart}: {each.kpi} {each.question}: {each.problem}")
        elif each.problem:
            reasons.setdefault(each.problem, []).append(each.kpi)
    return lines + [
        f"{engine}, {mart}: {len(kpis)} times: {reason}" for reason, kpis in reasons.items()
    ]


def _row(cells: Iterable[str]) -> str:
    first, *rest = cells
    return f"{first:<28}" + "".join(f"{cell:>12}" for cell in rest[:-1]) + f"{rest[-1]:>18}"


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""The same questions in other engines' SQL; on PostgreSQL also the same answers."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
import sqlglot
from sqlalchemy.engine import make_url

from deskpulse.errors import ConfigError
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.dialects import DIALECTS, EXECUTED
from deskpulse_reports.kpis.elsewhere import Elsewhere
from deskpulse_reports.kpis.engine import Asked, KpiEngine
from deskpulse_reports.kpis.scan import form
from deskpulse_reports.kpis.session import Snapshot
from deskpulse_reports.kpis.spec import Analysis, Measure, Ratio, Stock
from deskpulse_reports.kpis.tables import VIEWS
from support.marts import engine
from support.random_marts import tables

OWN = (
    Measure(
        id="mixed",
        table="tickets",
        value=(
            "count(*) filter (where touch = 'one') * 1.5 "
            "+ count(distinct channel) filter (where reopens > 0) "
            "+ coalesce(median(first_reply_s), 0) / 7 + max(agent_replies)"
        ),
        filter="agent_replies // 2 = 0 and list_contains(tags, 'a')",
    ),
    Stock(
        id="weight",
        table="stages",
        starts="started_at",
        ends="ended_at",
        filter="unsolved",
        weight="s / 3600.0",
    ),
)
PRESENT = {spec.id for spec in BUILTIN if isinstance(spec, Stock) and spec.only_now}
KPIS = [spec.id for spec in (*BUILTIN, *OWN) if not isinstance(spec, Ratio | Analysis)]
SOME = ("submissions", "first_reply_time", "fcr_rate", "backlog", "csat", *(s.id for s in OWN))
OF_EACH_FORM = {
    (spec.table, form(spec) if isinstance(spec, Measure) else ""): spec.id
    for spec in BUILTIN
    if isinstance(spec, Measure | Stock)
}.values()
CHECKED = [
    ((), None, KPIS),
    (("tag",), "month", SOME),
    (("weekday", "team"), "week", SOME),
    (("channel",), "hour", SOME),
]
MARCH = {"start": date(2025, 3, 1), "end": date(2025, 3, 31)}
_TYPES = {"String": "text", "Int64": "bigint", "Int32": "integer", "Float64": "double precision"}
_TYPES |= {"Boolean": "boolean", "List(String)": "text[]"}


@pytest.fixture(scope="module")
def rows():
    found = tables(3)
    for number, row in enumerate(found["tickets"]):
        row["tags"] = [["a", "b", "a"], [], None, ["c"]][number % 4]
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory, rows):
    opened = engine(tmp_path_factory.mktemp("mart"), "Europe/Berlin", specs=OWN, **rows)
    yield opened
    opened.close()


def test_quantiles_are_exact_on_every_engine(desk):
    asked = Asked("first_reply_time", **MARCH)
    (spark,) = desk.sql(asked, "spark")
    (postgres,) = desk.sql(asked, "postgres")
    assert "PERCENTILE(_x0, ARRAY(0.25, 0.5, 0.75, 0.9))" in spark
    assert "PERCENTILE_CONT(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY _x0)" in postgres
    assert "APPROX" not in (spark + postgres).upper()


def test_filters_of_aggregates_become_cases(desk):
    for dialect in ("spark", "postgres"):
        (text,) = desk.sql(Asked("mixed", **MARCH), dialect)
        assert "FILTER" not in text
        assert "COUNT(CASE WHEN touch = 'one' THEN 1 END)" in text
        assert "COUNT(DISTINCT CASE WHEN reopens > 0 THEN channel END)" in text


def test_whole_division_stays_whole(desk):
    asked = Asked("submissions", every="week", **MARCH)
    assert "DIV 86400000000" in desk.sql(asked, "spark")[0]
    assert "DIV(_time, 86400000000)" in desk.sql(asked, "postgres")[0]


def test_numbers_with_a_point_are_doubles_and_not_decimals(desk):
    (text,) = desk.sql(Asked("requester_wait_time", **MARCH), "spark")
    assert "/ CAST(1000000.0 AS DOUBLE)" in text


def test_tags_are_spread_as_each_engine_does_it(desk):
    asked = Asked("submissions", ("tag",), **MARCH)
    assert "EXPLODE(CASE WHEN SIZE(tags) > 0" in desk.sql(asked, "spark")[0]
    assert "ARRAY(SELECT DISTINCT UNNEST(tags))" in desk.sql(asked, "postgres")[0]


def test_no_question_reads_the_engines_clock_or_zone(desk):
    for kpi in KPIS:
        every = None if kpi in PRESENT else "day"
        for dialect in ("duckdb", "spark", "postgres"):
            for text in desk.sql(Asked(kpi, every=every, **MARCH), dialect):
                upper = text.upper()
                assert not any(word in upper for word in ("NOW(", "CURRENT_", "TIMEZONE", "TRUNC("))


def test_an_unknown_dialect_is_refused_with_the_nearest(desk):
    with pytest.raises(ConfigError, match="did you mean 'postgres'"):
        desk.sql(Asked("submissions", **MARCH), "postgre")


def test_whole_numbers_are_divided_whole_also_within_each_other(desk):
    asked = Asked("submissions", every="week", **MARCH)
    said = {dialect: desk.sql(asked, dialect)[0] for dialect in DIALECTS}
    assert "intDiv(((intDiv(_time, 86400000000)) - 1), 7)" in said["clickhouse"]
    assert "DIV(((DIV(_time, 86400000000)) - 1), 7)" in said["bigquery"]
    assert "((((_time / 86400000000)) - 1) / 7)" in said["trino"]
    assert "CAST((_time - (_time % 86400000000)) / 86400000000 AS BIGINT)" in said["snowflake"]
    assert not any("DOUBLE) / 86400000000" in text for text in said.values())


@pytest.mark.parametrize("dialect", sorted({*DIALECTS} - {*EXECUTED}))
def test_every_engine_can_be_told(desk, dialect):
    for kpi in SOME:
        by = tuple({"team", "channel"} & set(desk.dimensions(kpi)))
        (text,) = desk.sql(Asked(kpi, by, None if kpi in PRESENT else "month", **MARCH), dialect)
        sqlglot.parse_one(text, dialect=dialect)
        assert "APPROX" not in text.upper()


@pytest.mark.parametrize("dialect", ["snowflake", "trino", "bigquery"])
def test_what_is_only_written_means_the_same_when_it_is_read_back(desk, dialect):
    """Back in DuckDB's words: the quantiles that these engines put together are the same."""
    for kpi in OF_EACH_FORM:
        by = tuple({"channel"} & set(desk.dimensions(kpi)))
        asked = Asked(kpi, by, **MARCH)
        (ours,), (theirs,) = desk.sql(asked, "duckdb"), desk.sql(asked, dialect)
        (back,) = sqlglot.transpile(theirs, read=dialect, write="duckdb")
        expected, found = (
            sorted((_figures(row) for row in desk.rows(text, kpi)), key=str)
            for text in (ours, back)
        )
        assert len(found) == len(expected), kpi
        for one, other in zip(found, expected, strict=True):
            keys = 1 + len(by)
            assert one[:keys] == other[:keys], kpi
            assert one[keys:] == pytest.approx(other[keys:], rel=1e-9), kpi


@pytest.mark.parametrize("dialect", ["snowflake", "trino", "bigquery"])
def test_engines_that_cannot_spread_tags_say_so(desk, dialect):
    with pytest.raises(ConfigError, match=f"{dialect} cannot spread the tags") as refused:
        desk.sql(Asked("submissions", ("tag",), **MARCH), dialect)
    assert "UNNEST" in refused.value.hint


@pytest.fixture(scope="module")
def warehouse(postgres_server, rows):
    """A PostgreSQL database with the same facts."""
    with postgres_server.database(empty=True) as url:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            for table, own in rows.items():
                schema = TABLES[table]
                columns = ", ".join(
                    f'"{name}" {_TYPES[str(kind)]}' for name, kind in schema.items()
                )
                connection.execute(f"CREATE TABLE {table} ({columns})")
                marks = ", ".join(["%s"] * len(schema))
                with connection.cursor() as cursor:
                    cursor.executemany(
                        f"INSERT INTO {table} VALUES ({marks})",
                        [[_value(row, name) for name in schema] for row in own],
                    )
            for view, query in VIEWS.items():
                connection.execute(f"CREATE VIEW {view} AS {query}")
            yield connection


def _value(row, name):
    return row.get(name, "" if name == "calendar" else None)


@pytest.mark.postgres
@pytest.mark.parametrize(("by", "every", "kpis"), CHECKED)
def test_postgres_answers_the_same(desk, warehouse, by, every, kpis):
    for kpi in kpis:
        _compare(desk, warehouse, kpi, by, every)


@pytest.mark.postgres
def test_the_engine_over_postgres_gives_the_same_results(desk, warehouse):
    there = Elsewhere("postgres", lambda query: warehouse.execute(query).fetchall())
    other = KpiEngine(Snapshot({}), desk.catalog, desk.desk, reader=there)
    ids = [spec.id for spec in desk.catalog if not isinstance(spec, Analysis)]
    asked = [Asked(kpi) for kpi in ids]
    for one, two in zip(desk.compute_many(asked), other.compute_many(asked), strict=True):
        assert len(one.rows) == len(two.rows), one.kpi
        for mine, theirs in zip(one.rows, two.rows, strict=True):
            assert (mine.bucket, mine.n) == (theirs.bucket, theirs.n), one.kpi
            for figure in ("value", "mean", "p90", "low", "previous"):
                ((expected,), (found,)) = (
                    _figures([getattr(row, figure)]) for row in (mine, theirs)
                )
                assert found == pytest.approx(expected, rel=1e-9), (one.kpi, mine.bucket)
    assert desk.cases("submissions").total == other.cases("submissions").total > 0


def test_decimals_of_an_engine_are_plain_numbers():
    there = Elsewhere("postgres", lambda _: [(Decimal(7), Decimal("1.5"), [Decimal("NaN"), None])])
    ((whole, half, (undefined, nothing)),) = there.rows("SELECT 1", "a test")
    assert (whole, half, nothing) == (7, 1.5, None)
    assert type(whole) is int
    assert undefined != undefined


def _compare(desk, warehouse, kpi, by, every):
    present = kpi in PRESENT
    by = tuple(name for name in by if name in desk.dimensions(kpi))
    asked = Asked(kpi, by, None if present else every, **MARCH)
    (ours,), (theirs,) = desk.sql(asked, "duckdb"), desk.sql(asked, "postgres")
    expected = [_figures(row) for row in desk.rows(ours, kpi)]
    found = [_figures(row) for row in warehouse.execute(theirs).fetchall()]
    keys = 1 + len(by)
    assert len(found) == len(expected), kpi
    in_order = [
        sorted(figures, key=lambda row: str([str(key).removesuffix(".0") for key in row[:keys]]))
        for figures in (found, expected)
    ]
    for one, other in zip(*in_order, strict=True):
        assert one[:keys] == other[:keys], kpi
        assert one[keys:] == pytest.approx(other[keys:], rel=1e-12), kpi


_NULL = -1e300


def _figures(row):
    """Flat, with plain numbers; a null is a number that nothing else is."""
    flat = []
    for value in row:
        flat += value if isinstance(value, list) else [value]
    return [
        _NULL if value is None else float(value) if isinstance(value, Decimal) else value
        for value in flat
    ]

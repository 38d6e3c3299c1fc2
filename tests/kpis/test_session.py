"""The second wall: even SQL that got through could only read the mart."""

import time

import pytest

from deskpulse.errors import ConfigError, StoreError
from deskpulse_reports.kpis.session import Session, Snapshot
from support.marts import fact, snapshot


@pytest.fixture
def session(tmp_path):
    mart = snapshot(tmp_path, {"tickets": [fact(ticket_id="1", created_at="2025-06-02T09:00")]})
    (tmp_path / "secret.csv").write_text("secret\n")
    opened = Session(mart, seconds=1.0)
    yield opened
    opened.close()


def test_it_reads_the_mart(session):
    assert session.rows("SELECT count(*) FROM tickets", "x") == [(1,)]
    assert session.rows("SELECT count(*) FROM surveys", "x") == [(0,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{folder}/secret.csv')",
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY tickets TO '{folder}/out.csv'",
        "ATTACH '{folder}/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '100GB'",
        "SET allowed_paths = ['/']",
        "SET enable_external_access = true",
        "SELECT * FROM Session",
        "SELECT * FROM mart",
    ],
)
def test_it_does_nothing_else(session, tmp_path, sql):
    mart = [1, 2]  # a local name that DuckDB could pick up
    with pytest.raises((ConfigError, StoreError)):
        session.rows(sql.format(folder=tmp_path), "[kpis.x]")
    assert mart
    assert not (tmp_path / "out.csv").exists()


def test_a_query_that_takes_too_long_is_stopped(session):
    started = time.monotonic()
    with pytest.raises(StoreError, match=r"\[kpis.slow\] took longer than 1 s"):
        session.rows(
            "SELECT sum(a.range * b.range) FROM range(10000000) a, range(100000) b", "[kpis.slow]"
        )
    assert time.monotonic() - started < 20
    assert session.rows("SELECT 1", "x") == [(1,)]


def test_a_query_beyond_the_memory_limit_is_an_error(tmp_path):
    small = Session(Snapshot({}), memory="20MB")
    with pytest.raises(StoreError, match="memory"):
        small.rows(
            "SELECT list(range || 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') FROM range(5000000)", "x"
        )
    small.close()


def test_a_wrong_type_names_the_kpi(session):
    with pytest.raises(ConfigError, match=r"\[kpis.x\] cannot be computed") as caught:
        session.rows("SELECT sum(channel) FROM tickets", "[kpis.x]")
    assert "columns" in caught.value.hint


def test_a_missing_file_says_what_to_do(tmp_path):
    path = tmp_path / "gone.parquet"
    with pytest.raises(StoreError) as caught:
        Session(Snapshot({"tickets": f"SELECT * FROM read_parquet('{path}')"}, [str(path)]))
    assert "derive --all" in caught.value.hint

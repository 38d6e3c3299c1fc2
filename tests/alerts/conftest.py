import pytest

from support.alerting import Bench


@pytest.fixture
def bench(sqlite_store, clock):
    """The pipeline on SQLite, time in the test's hands."""
    return Bench(sqlite_store, clock)


@pytest.fixture
def both(store, clock):
    """The pipeline on SQLite and on PostgreSQL."""
    return Bench(store, clock)

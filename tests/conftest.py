"""What every test may ask for: a store on both databases; and what no test may do."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from deskpulse.store import Store
from support.clock import FakeClock
from support.network import stay_on_this_machine
from support.postgres import NoPostgres, postgres

# The same examples every time, so that a red run can be repeated; look for new ones with
# --hypothesis-profile=explore. A busy machine is no fault of the code: no deadline.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("repeatable")

BOTH = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


def pytest_addoption(parser):
    parser.addoption(
        "--no-skips", action="store_true", help="fail if anything is skipped: for machines that "
        "are set up to run everything"
    )  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = (
        [each for each in reporter.stats.get("skipped", []) if _missed(each)] if reporter else []
    )
    if session.config.getoption("--no-skips") and skipped and session.exitstatus == 0:
        reporter.write_line(f"{len(skipped)} tests were skipped, and --no-skips is set", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _missed(report):
    """A check of a contract that has no meaning for its plugin is no test that was left out."""
    reason = str(report.longrepr)
    return "does not apply: " not in reason and "exempt: " not in reason


@pytest.fixture(scope="session", autouse=True)
def _loopback_only():
    with pytest.MonkeyPatch.context() as patch:
        stay_on_this_machine(patch)
        yield


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server for this run; skips with the reason if there is none."""
    try:
        with postgres() as server:
            yield server
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """An empty, migrated store that tests copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=BOTH)
def store_url(request, tmp_path):
    """The URL of an empty, migrated store: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'store.db')}"
    else:
        with request.getfixturevalue("postgres_server").database() as url:
            yield url


@pytest.fixture
def store(store_url):
    """An open store, see `store_url`."""
    opened = Store.open(store_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_template, tmp_path: Path):
    """An open store on SQLite, for what does not depend on the database."""
    path = shutil.copy(sqlite_template, tmp_path / "store.db")
    opened = Store.open(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def clock():
    """A clock that the test holds in its hands."""
    return FakeClock()

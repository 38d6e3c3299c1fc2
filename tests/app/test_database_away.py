"""A PostgreSQL that crashes under `deskpulse run`, or comes later than it."""

import signal
from contextlib import suppress

import pytest

from deskpulse.errors import LeaseHeld, StoreUnreachable
from deskpulse.leases import Leases
from deskpulse.store import Store
from support.postgres import VARIABLE, NoPostgres, crash, postgres, start
from support.small_desk import small_desk

pytestmark = pytest.mark.postgres


@pytest.fixture
def own_server(monkeypatch):
    """A server that may be crashed: others use the one of the session."""
    monkeypatch.delenv(VARIABLE, raising=False)
    try:
        with postgres() as server:
            yield server
            with suppress(NoPostgres):  # it runs, unless the test failed
                start(server.url)
    except NoPostgres as reason:
        pytest.skip(str(reason))


def test_a_database_that_comes_later_is_waited_for(own_server, tmp_path):
    with own_server.database() as url:
        desk = small_desk(tmp_path, store=url)
        crash(own_server.url)
        at_once = desk.execute("run", "--once")
        assert at_once.code == 3
        assert "cannot be reached" in at_once.err
        with desk.start("run") as running:
            running.until_said("trying again in 2 s")
            assert all("Traceback" not in line for line in running.said)
            start(own_server.url)
            running.until_said("21 tickets derived")
            running.send(signal.SIGTERM)
            done = running.end(15)
        assert done.code == 0
        assert "waiting for the database: opening the store: " in done.err
        assert "Traceback" not in done.err


def test_a_store_that_is_set_up_wrong_is_not_waited_for(own_server, tmp_path):
    nowhere = own_server.url.set(database="nowhere").render_as_string(hide_password=False)
    done = small_desk(tmp_path, store=nowhere).execute("run")
    assert done.code == 3
    assert "let us in" in done.err
    assert "waiting" not in done.err


def test_a_lease_survives_the_crash_of_its_database(own_server):
    with own_server.database() as url:
        store = Store.open(url)
        with store.leases.hold("alerts") as lost:
            crash(own_server.url)
        with pytest.raises(StoreUnreachable), store.leases.hold("alerts"):
            pass
        start(own_server.url)
        with pytest.raises(LeaseHeld), Leases(store.engine).hold("alerts"):
            pass
        with store.leases.hold("alerts") as held:
            assert held.token == lost.token + 1
        store.close()

"""The migrations, the models and `migrate.HEAD` say the same; old and new stores are told apart."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import SQLModel

import deskpulse.store.operations
import deskpulse.store.tables  # noqa: F401  both fill the metadata
from deskpulse.errors import StoreError
from deskpulse.store import Store, migrate
from deskpulse.store.engine import open_engine


def test_a_migrated_store_is_what_the_models_say(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_head_is_the_newest_migration():
    scripts = ScriptDirectory.from_config(migrate.alembic_config())
    assert scripts.get_current_head() == migrate.HEAD


def test_a_migrated_store_is_current_and_upgrading_it_again_does_nothing(store):
    assert migrate.version(store.engine) == migrate.HEAD
    assert migrate.upgrade(store.engine) is False


def test_sqlite_upgrades_itself(tmp_path):
    url = f"sqlite:///{tmp_path}/deeper/down/store.db"
    engine = open_engine(url)
    assert migrate.version(engine) is None
    engine.dispose()
    store = Store.open(url)
    assert migrate.is_current(store.engine)
    assert store.count("ticket") == 0
    store.close()


def test_several_processes_may_open_a_new_sqlite_store_at_once(tmp_path):
    url, start = f"sqlite:///{tmp_path}/store.db", threading.Barrier(4)

    def open_it(_: int) -> bool:
        start.wait()
        store = Store.open(url)
        current = migrate.is_current(store.engine)
        store.close()
        return current

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(open_it, range(4)))


@pytest.mark.postgres
def test_postgresql_asks_for_an_upgrade(postgres_server):
    with postgres_server.database(empty=True) as url:
        with pytest.raises(StoreError, match="another version") as caught:
            Store.open(url)
        assert "deskpulse db upgrade" in caught.value.hint
        engine = open_engine(url)
        assert migrate.upgrade(engine) is True
        engine.dispose()
        Store.open(url).close()


def test_a_store_that_a_newer_program_wrote_is_refused(store, store_url):
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError):
        Store.open(store_url)
    with pytest.raises(StoreError, match="9999") as caught:
        migrate.upgrade(store.engine)
    assert "pip install --upgrade" in caught.value.hint

"""Bring a store to this program's version; alembic does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from deskpulse.errors import StoreError
from deskpulse.store.planner import advise

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0006"
"""The newest migration in `migrations/versions`; a test holds the two together."""


def version(engine: Engine) -> str | None:
    """The store's version; None if it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def is_current(engine: Engine) -> bool:
    """Whether the store is of this program's version."""
    return version(engine) == HEAD


def upgrade(engine: Engine) -> bool:
    """Upgrade to this program's version; returns whether there was anything to do.

    Raises `StoreError` for a store that a newer program wrote.
    """
    if is_current(engine):
        return False
    from alembic import command
    from alembic.util import CommandError

    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as problem:
            raise StoreError(
                f"the store cannot be brought to version {HEAD}: {problem}",
                hint="A newer deskpulse wrote it: run `pip install --upgrade deskpulse`.",
            ) from None
        if engine.dialect.name == "sqlite":
            advise(connection)
    engine.dispose()  # what the planner was told counts for new connections
    return True


def alembic_config() -> Config:
    """Alembic's settings: the migrations that ship inside the package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "deskpulse.store:migrations")
    return config

"""Alembic's entry: runs the migrations on the connection that `migrate.upgrade` opened."""

from alembic import context
from sqlmodel import SQLModel

import deskpulse.store.operations
import deskpulse.store.tables  # noqa: F401  both fill the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Indexes for what is asked at every look at the alerts, and for forgetting."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    open_or_ended = sa.text("state <> 'not_started'")
    op.create_index(
        "ix_sla_clock_ended",
        "sla_clock",
        ["ended_at"],
        sqlite_where=open_or_ended,
        postgresql_where=open_or_ended,
    )
    op.create_index("ix_announcement_thread", "announcement", ["thread"])

"""Marks for records that have facts of their own, and indexes to find a ticket's records by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of marks; index calls and worklogs by ticket, tickets by customer."""
    op.create_table(
        "dirty_record",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "source", "id", name=op.f("pk_dirty_record")),
    )
    op.create_index("ix_ticket_requester", "ticket", ["source", "requester_id", "created_at"])
    op.create_index("ix_interaction_ticket", "interaction", ["source", "ticket_id"])
    op.create_index("ix_worklog_ticket", "worklog", ["source", "ticket_id"])

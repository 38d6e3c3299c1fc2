"""The SLA clocks of tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of SLA clocks."""
    op.create_table(
        "sla_clock",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("target_s", sa.Float(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("standing_at", sa.BigInteger(), nullable=True),
        sa.Column("elapsed_s", sa.Float(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("breached_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("history", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "ticket_id", "metric", "n", name=op.f("pk_sla_clock")),
    )
    op.create_index("ix_sla_clock_due", "sla_clock", ["running", "due_at"])

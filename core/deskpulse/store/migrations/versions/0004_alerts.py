"""Alerts, what was told about them, silences, and an outbox that keeps threads and channels."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _count(name: str, default: str = "0", kind: type[sa.Integer] = sa.BigInteger) -> sa.Column[int]:
    return sa.Column(name, kind(), nullable=False, server_default=default)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def upgrade() -> None:
    """Create the tables of the alerts, and widen the outbox."""
    for column in (
        _count("seq"),
        _text("kind"),
        _text("thread"),
        _text("route"),
        _text("fallback", "[]"),
        _count("stands_for", "1"),
        _flag("uncertain"),
    ):
        op.add_column("delivery", column)
    op.create_index("ix_delivery_seq", "delivery", ["seq"])
    op.create_index("ix_delivery_thread", "delivery", ["thread", "notifier"])
    op.create_table(
        "channel",
        sa.Column("notifier", sa.Text(), nullable=False),
        _instant("free_at", nullable=False),
        sa.PrimaryKeyConstraint("notifier", name=op.f("pk_channel")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("rule"),
        _text("subject"),
        _text("level"),
        _count("rung", kind=sa.Integer),
        _text("state"),
        _text("before"),
        _text("severity"),
        _text("labels", "{}"),
        _text("content"),
        _instant("since_at", nullable=False),
        _instant("opened_at", nullable=False),
        _instant("fired_at"),
        _instant("clear_at"),
        _instant("due_at"),
        _text("acknowledged_by"),
        _instant("snoozed_until"),
        _instant("seen_at", nullable=False),
        _instant("closed_at"),
        _text("outcome"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_alert_open",
        "alert",
        ["rule", "subject", "level"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_alert_subject", "alert", ["rule", "subject"])
    op.create_index("ix_alert_fired", "alert", ["fired_at"])
    op.create_table(
        "alert_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        _instant("happened_at", nullable=False),
        _text("what"),
        _text("detail"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
    )
    op.create_index(op.f("ix_alert_event_alert_id"), "alert_event", ["alert_id"])
    op.create_table(
        "announcement",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        _text("state"),
        _flag("settled"),
        _text("thread"),
        _count("size", kind=sa.Integer),
        _text("level"),
        _count("rank"),
        _flag("acknowledged"),
        _instant("told_at"),
        _instant("begun_at"),
        _count("messages", kind=sa.Integer),
        _count("repeats", kind=sa.Integer),
        _instant("wanted_at"),
        _instant("held_at"),
        _text("grouping"),
        _text("reason"),
        _text("detail"),
        _instant("until"),
        sa.PrimaryKeyConstraint("rule", "subject", "route", name=op.f("pk_announcement")),
    )
    op.create_index(op.f("ix_announcement_settled"), "announcement", ["settled"])
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("matchers", "{}"),
        _text("author"),
        _text("reason"),
        _instant("starts_at", nullable=False),
        _instant("ends_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )

"""The tables of the alerts: what fires, what was told about it, and what is to be kept quiet."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Text, text
from sqlmodel import Field, SQLModel

from deskpulse.store.fields import instant, words


class Alert(SQLModel, table=True):
    """One episode of a rule's condition about one subject at one level."""

    id: int | None = Field(default=None, primary_key=True)
    rule: str = words()
    subject: str = words()
    level: str = words()
    rung: int = 0
    """Its place on the subject's ladder: higher outranks lower."""
    state: str = words()
    """pending | firing | acknowledged | snoozed | unknown | resolved | expired"""
    before: str = words()
    """While unknown: the state that it was in."""
    severity: str = words()
    labels: str = words("{}")
    content: str = words()
    """JSON of the Message that the last signal amounts to."""
    since_at: int = instant(nullable=False)
    """When the condition began to hold."""
    opened_at: int = instant(nullable=False)
    fired_at: int | None = instant()
    clear_at: int | None = instant()
    """Since when the condition has not held, while the alert still keeps firing."""
    due_at: int | None = instant()
    acknowledged_by: str = words()
    snoozed_until: int | None = instant()
    seen_at: int = instant(nullable=False)
    """When a rule last said something about it."""
    closed_at: int | None = instant()
    outcome: str = words()


class AlertEvent(SQLModel, table=True):
    """What happened to an alert: its transitions, and each change of why it is (not) told."""

    __tablename__ = "alert_event"

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(index=True)
    happened_at: int = instant(nullable=False)
    what: str = words()
    detail: str = words()


class Announcement(SQLModel, table=True):
    """What one route was last told about one subject, and why it is told nothing more now."""

    rule: str = Field(primary_key=True, sa_type=Text)
    subject: str = Field(primary_key=True, sa_type=Text)
    route: str = Field(primary_key=True, sa_type=Text)
    state: str = words()
    """"" (told nothing yet) | firing | flapping | resolved"""
    settled: bool = Field(default=False, index=True)
    """Nothing more is to be told unless something new happens."""
    thread: str = words()
    size: int = 0
    """How many subjects its thread began with: one, or a whole group."""
    level: str = words()
    rank: int = Field(default=0, sa_type=BigInteger)
    """Severity and rung of what was told last."""
    acknowledged: bool = False
    """The route was told who looks after it."""
    told_at: int | None = instant()
    begun_at: int | None = instant()
    """When its thread began."""
    messages: int = 0
    repeats: int = 0
    wanted_at: int | None = instant()
    """Since when a first message waits for its group."""
    held_at: int | None = instant()
    """Since when a first message waits for quiet hours to end."""
    grouping: str = words()
    reason: str = words()
    """Why it was told, or is not told, by the last look; `until` is when to look again."""
    detail: str = words()
    until: int | None = instant()


class Silence(SQLModel, table=True):
    """What is not to be told for a while, by whom and why."""

    id: int | None = Field(default=None, primary_key=True)
    matchers: str = words("{}")
    """JSON: label = value; all of them must fit."""
    author: str = words()
    reason: str = words()
    starts_at: int = instant(nullable=False)
    ends_at: int = instant(nullable=False)


Index(
    "ix_alert_open",
    Alert.rule,
    Alert.subject,
    Alert.level,
    unique=True,
    sqlite_where=text("closed_at IS NULL"),
    postgresql_where=text("closed_at IS NULL"),
)
Index("ix_alert_subject", Alert.rule, Alert.subject)
Index("ix_alert_fired", Alert.fired_at)  # type: ignore[arg-type]
Index("ix_announcement_thread", Announcement.thread)

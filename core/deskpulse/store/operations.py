"""The tables in which deskpulse keeps its own books. Instants are microseconds since 1970."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel


def _instant(*, nullable: bool = True, primary_key: bool = False) -> int:
    default = None if nullable else ...
    return Field(default, sa_type=BigInteger, nullable=nullable, primary_key=primary_key)  # type: ignore[no-any-return]


def _text(default: str = "") -> str:
    return Field(default=default, sa_type=Text, nullable=False)  # type: ignore[no-any-return]


class Cursor(SQLModel, table=True):
    """How far a stream is read. Written in the transaction that stores the page."""

    source: str = Field(primary_key=True, sa_type=Text)
    stream: str = Field(primary_key=True, sa_type=Text)
    cursor: str | None = Field(default=None, sa_type=Text)
    complete_to: int | None = _instant()
    """Every change of the stream up to here is stored."""
    caught_up_at: int | None = _instant()
    """When the stream last said that there is no more."""
    pages: int = Field(default=0, sa_type=BigInteger)
    records: int = Field(default=0, sa_type=BigInteger)


class SyncRun(SQLModel, table=True):
    """What one sync of one stream did: the run report."""

    __tablename__ = "sync_run"

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(index=True, sa_type=Text)
    stream: str = _text()
    started_at: int = _instant(nullable=False)
    ended_at: int | None = _instant()
    outcome: str = _text()
    """ok | partial | skipped | failed | paused"""
    detail: str = _text("{}")
    """JSON: pages, rows new/changed/unchanged/rejected, requests, retries, waits."""
    error: str = _text()
    hint: str = _text()


class DirtyTicket(SQLModel, table=True):
    """A ticket whose facts are out of date.

    `mark` is drawn anew each time, so that a derive takes away only the marks that it has seen.
    """

    __tablename__ = "dirty_ticket"

    source: str = Field(primary_key=True, sa_type=Text)
    ticket_id: str = Field(primary_key=True, sa_type=Text)
    mark: int = Field(sa_type=BigInteger)


class DirtyRecord(SQLModel, table=True):
    """A record with facts of its own (an order, a call without a ticket) that are out of date."""

    __tablename__ = "dirty_record"

    kind: str = Field(primary_key=True, sa_type=Text)
    source: str = Field(primary_key=True, sa_type=Text)
    id: str = Field(primary_key=True, sa_type=Text)
    mark: int = Field(sa_type=BigInteger)


class Lease(SQLModel, table=True):
    """Who may write what, until when. The token rises with every new holder."""

    name: str = Field(primary_key=True, sa_type=Text)
    holder: str = _text()
    token: int = Field(default=0, sa_type=BigInteger)
    expires_at: int = _instant(nullable=False)


class Rejected(SQLModel, table=True):
    """A record that could not be used, kept aside. `raw` only if privacy.bodies allows it."""

    source: str = Field(primary_key=True, sa_type=Text)
    stream: str = Field(primary_key=True, sa_type=Text)
    fingerprint: str = Field(primary_key=True, sa_type=Text)
    error: str = _text()
    raw: str | None = Field(default=None, sa_type=Text)
    seen_at: int = _instant(nullable=False)


class Credential(SQLModel, table=True):
    """Tokens that a vendor rotates: they must outlive the process that received them."""

    source: str = Field(primary_key=True, sa_type=Text)
    tokens: str = _text()
    saved_at: int = _instant(nullable=False)


class KpiValue(SQLModel, table=True):
    """A snapshot of a KPI, so that what was reported can be seen later as it was."""

    __tablename__ = "kpi_value"
    __table_args__ = (UniqueConstraint("kpi", "clock", "bucket", "dims", "computed_at"),)

    id: int | None = Field(default=None, primary_key=True)
    kpi: str = _text()
    clock: str = _text()
    bucket: str = _text()
    dims: str = _text("{}")
    value: float | None = None
    n: int = Field(default=0, sa_type=BigInteger)
    detail: str = _text("{}")
    computed_at: int = _instant(nullable=False)


class Delivery(SQLModel, table=True):
    """The outbox: one row a message and sink. Written before sending, so a crash loses nothing."""

    __table_args__ = (UniqueConstraint("key", "notifier"),)

    id: str = Field(primary_key=True, sa_type=Text)
    key: str = _text()
    """What it is about, once: `digest/morning/2026-11-22`."""
    notifier: str = _text()
    message: str = _text()
    """JSON of the Message."""
    state: str = _text("queued")
    """queued | sent | dead | dismissed | collapsed (told of in a summary) | dropped (its beginning
    never arrived)"""
    attempts: int = 0
    created_at: int = _instant(nullable=False)
    due_at: int = _instant(nullable=False)
    """Not before this instant."""
    leased_until: int | None = _instant()
    lease_token: int = Field(default=0, sa_type=BigInteger)
    sent_at: int | None = _instant()
    receipt: str | None = Field(default=None, sa_type=Text)
    error: str = _text()
    seq: int = Field(default=0, sa_type=BigInteger)
    """The order in which they were written: clocks may step back, this does not."""
    kind: str = _text()
    thread: str = _text()
    """What the message is about; those of one thread reach one notifier in order."""
    route: str = _text()
    fallback: str = _text("[]")
    """JSON list of the notifiers that are told instead when this one refuses for good."""
    stands_for: int = Field(default=1, sa_type=BigInteger)
    """How many messages a summary tells of."""
    uncertain: bool = False
    """An attempt may have arrived without our knowing."""


class Channel(SQLModel, table=True):
    """When a notifier may be sent the next message: kept here, so that all senders share it."""

    notifier: str = Field(primary_key=True, sa_type=Text)
    free_at: int = _instant(nullable=False)


class Alert(SQLModel, table=True):
    """One episode of a rule's condition about one subject at one level."""

    id: int | None = Field(default=None, primary_key=True)
    rule: str = _text()
    subject: str = _text()
    level: str = _text()
    rung: int = 0
    """Its place on the subject's ladder: higher outranks lower."""
    state: str = _text()
    """pending | firing | acknowledged | snoozed | unknown | resolved | expired"""
    before: str = _text()
    """While unknown: the state that it was in."""
    severity: str = _text()
    labels: str = _text("{}")
    content: str = _text()
    """JSON of the Message that the last signal amounts to."""
    since_at: int = _instant(nullable=False)
    """When the condition began to hold."""
    opened_at: int = _instant(nullable=False)
    fired_at: int | None = _instant()
    clear_at: int | None = _instant()
    """Since when the condition has not held, while the alert still keeps firing."""
    due_at: int | None = _instant()
    acknowledged_by: str = _text()
    snoozed_until: int | None = _instant()
    seen_at: int = _instant(nullable=False)
    """When a rule last said something about it."""
    closed_at: int | None = _instant()
    outcome: str = _text()


class AlertEvent(SQLModel, table=True):
    """What happened to an alert: its transitions, and each change of why it is (not) told."""

    __tablename__ = "alert_event"

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(index=True)
    happened_at: int = _instant(nullable=False)
    what: str = _text()
    detail: str = _text()


class Announcement(SQLModel, table=True):
    """What one route was last told about one subject, and why it is told nothing more now."""

    rule: str = Field(primary_key=True, sa_type=Text)
    subject: str = Field(primary_key=True, sa_type=Text)
    route: str = Field(primary_key=True, sa_type=Text)
    state: str = _text()
    """"" (told nothing yet) | firing | flapping | resolved"""
    settled: bool = Field(default=False, index=True)
    """Nothing more is to be told unless something new happens."""
    thread: str = _text()
    size: int = 0
    """How many subjects its thread began with: one, or a whole group."""
    level: str = _text()
    rank: int = Field(default=0, sa_type=BigInteger)
    """Severity and rung of what was told last."""
    acknowledged: bool = False
    """The route was told who looks after it."""
    told_at: int | None = _instant()
    begun_at: int | None = _instant()
    """When its thread began."""
    messages: int = 0
    repeats: int = 0
    wanted_at: int | None = _instant()
    """Since when a first message waits for its group."""
    held_at: int | None = _instant()
    """Since when a first message waits for quiet hours to end."""
    grouping: str = _text()
    reason: str = _text()
    """Why it was told, or is not told, by the last look; `until` is when to look again."""
    detail: str = _text()
    until: int | None = _instant()


class Silence(SQLModel, table=True):
    """What is not to be told for a while, by whom and why."""

    id: int | None = Field(default=None, primary_key=True)
    matchers: str = _text("{}")
    """JSON: label = value; all of them must fit."""
    author: str = _text()
    reason: str = _text()
    starts_at: int = _instant(nullable=False)
    ends_at: int = _instant(nullable=False)


class SlaClock(SQLModel, table=True):
    """One SLA clock of a ticket: what was promised, how far it has run, and the verdict.

    Written with the ticket's facts. A running clock's `due_at` is when its target will be reached
    if nothing stops it: whoever reads compares it with now. `elapsed_s` is as of `standing_at`, in
    the clock's own time (`business` or `calendar`).
    """

    __tablename__ = "sla_clock"

    source: str = Field(primary_key=True, sa_type=Text)
    ticket_id: str = Field(primary_key=True, sa_type=Text)
    metric: str = Field(primary_key=True, sa_type=Text)
    n: int = Field(primary_key=True, sa_type=BigInteger)
    """1, 2, ...: the instances of a metric that has many."""
    policy: str = _text()
    """`config/NAME` or `SOURCE/ID` of the policy."""
    target_s: float
    clock: str = _text()
    calendar: str = _text()
    priority: str | None = Field(default=None, sa_type=Text)
    team_id: str | None = Field(default=None, sa_type=Text)
    agent_id: str | None = Field(default=None, sa_type=Text)
    state: str = _text()
    """active | paused | achieved | breached | cancelled | not_started"""
    running: bool = False
    """Active, or breached and still waiting for what would end it."""
    started_at: int | None = _instant()
    standing_at: int | None = _instant()
    elapsed_s: float = 0.0
    due_at: int | None = _instant()
    """Null while paused and once ended."""
    breached_at: int | None = _instant()
    ended_at: int | None = _instant()
    reason: str = _text()
    """What ended, paused or cancelled it."""
    history: int = Field(default=0, sa_type=BigInteger)
    """What happened on the ticket until it ended, as a number: the same one, the same verdict."""


class ScheduleRun(SQLModel, table=True):
    """One due time of one scheduled job and what came of it: each period runs once."""

    __tablename__ = "schedule_run"

    job: str = Field(primary_key=True, sa_type=Text)
    period: str = Field(primary_key=True, sa_type=Text)
    due_at: int = _instant(nullable=False)
    done_at: int | None = _instant()
    outcome: str = _text()


Index("ix_delivery_queue", Delivery.state, Delivery.due_at)  # type: ignore[arg-type]
Index("ix_delivery_seq", Delivery.seq)  # type: ignore[arg-type]
Index("ix_delivery_thread", Delivery.thread, Delivery.notifier)
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
Index("ix_sla_clock_due", SlaClock.running, SlaClock.due_at)  # type: ignore[arg-type]

"""The tables in which deskpulse keeps its own books. Instants are microseconds since 1970."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from deskpulse.store import alert_tables  # noqa: F401  they belong to the same books
from deskpulse.store.fields import instant, words

BEGUN = "state <> 'not_started'"
"""Clocks that people ask for; a condition that says this word for word may use the index."""


class Cursor(SQLModel, table=True):
    """How far a stream is read. Written in the transaction that stores the page."""

    source: str = Field(primary_key=True, sa_type=Text)
    stream: str = Field(primary_key=True, sa_type=Text)
    cursor: str | None = Field(default=None, sa_type=Text)
    complete_to: int | None = instant()
    """Every change of the stream up to here is stored."""
    caught_up_at: int | None = instant()
    """When the stream last said that there is no more."""
    pages: int = Field(default=0, sa_type=BigInteger)
    records: int = Field(default=0, sa_type=BigInteger)


class SyncRun(SQLModel, table=True):
    """What one sync of one stream did: the run report."""

    __tablename__ = "sync_run"

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(index=True, sa_type=Text)
    stream: str = words()
    started_at: int = instant(nullable=False)
    ended_at: int | None = instant()
    outcome: str = words()
    """ok | partial | skipped | failed | paused"""
    detail: str = words("{}")
    """JSON: pages, rows new/changed/unchanged/rejected, requests, retries, waits."""
    error: str = words()
    hint: str = words()


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
    holder: str = words()
    token: int = Field(default=0, sa_type=BigInteger)
    expires_at: int = instant(nullable=False)


class Rejected(SQLModel, table=True):
    """A record that could not be used, kept aside. `raw` only if privacy.bodies allows it."""

    source: str = Field(primary_key=True, sa_type=Text)
    stream: str = Field(primary_key=True, sa_type=Text)
    fingerprint: str = Field(primary_key=True, sa_type=Text)
    error: str = words()
    raw: str | None = Field(default=None, sa_type=Text)
    seen_at: int = instant(nullable=False)


class Credential(SQLModel, table=True):
    """Tokens that a vendor rotates: they must outlive the process that received them."""

    source: str = Field(primary_key=True, sa_type=Text)
    tokens: str = words()
    saved_at: int = instant(nullable=False)


class KpiValue(SQLModel, table=True):
    """A snapshot of a KPI, so that what was reported can be seen later as it was."""

    __tablename__ = "kpi_value"
    __table_args__ = (UniqueConstraint("kpi", "clock", "bucket", "dims", "computed_at"),)

    id: int | None = Field(default=None, primary_key=True)
    kpi: str = words()
    clock: str = words()
    bucket: str = words()
    dims: str = words("{}")
    value: float | None = None
    n: int = Field(default=0, sa_type=BigInteger)
    detail: str = words("{}")
    computed_at: int = instant(nullable=False)


class Delivery(SQLModel, table=True):
    """The outbox: one row a message and sink. Written before sending, so a crash loses nothing."""

    __table_args__ = (UniqueConstraint("key", "notifier"),)

    id: str = Field(primary_key=True, sa_type=Text)
    key: str = words()
    """What it is about, once: `digest/morning/2026-11-22`."""
    notifier: str = words()
    message: str = words()
    """JSON of the Message."""
    state: str = words("queued")
    """queued | sent | dead | dismissed | collapsed (told of in a summary) | dropped (its beginning
    never arrived)"""
    attempts: int = 0
    created_at: int = instant(nullable=False)
    due_at: int = instant(nullable=False)
    """Not before this instant."""
    leased_until: int | None = instant()
    lease_token: int = Field(default=0, sa_type=BigInteger)
    sent_at: int | None = instant()
    receipt: str | None = Field(default=None, sa_type=Text)
    error: str = words()
    seq: int = Field(default=0, sa_type=BigInteger)
    """The order in which they were written: clocks may step back, this does not."""
    kind: str = words()
    thread: str = words()
    """What the message is about; those of one thread reach one notifier in order."""
    route: str = words()
    fallback: str = words("[]")
    """JSON list of the notifiers that are told instead when this one refuses for good."""
    stands_for: int = Field(default=1, sa_type=BigInteger)
    """How many messages a summary tells of."""
    uncertain: bool = False
    """An attempt may have arrived without our knowing."""


class Channel(SQLModel, table=True):
    """When a notifier may be sent the next message: kept here, so that all senders share it."""

    notifier: str = Field(primary_key=True, sa_type=Text)
    free_at: int = instant(nullable=False)


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
    policy: str = words()
    """`config/NAME` or `SOURCE/ID` of the policy."""
    target_s: float
    clock: str = words()
    calendar: str = words()
    priority: str | None = Field(default=None, sa_type=Text)
    team_id: str | None = Field(default=None, sa_type=Text)
    agent_id: str | None = Field(default=None, sa_type=Text)
    state: str = words()
    """active | paused | achieved | breached | cancelled | not_started"""
    running: bool = False
    """Active, or breached and still waiting for what would end it."""
    started_at: int | None = instant()
    standing_at: int | None = instant()
    elapsed_s: float = 0.0
    due_at: int | None = instant()
    """Null while paused and once ended."""
    breached_at: int | None = instant()
    ended_at: int | None = instant()
    reason: str = words()
    """What ended, paused or cancelled it."""
    history: int = Field(default=0, sa_type=BigInteger)
    """What happened on the ticket until it ended, as a number: the same one, the same verdict."""


class ScheduleRun(SQLModel, table=True):
    """One due time of one scheduled job and what came of it: each period runs once."""

    __tablename__ = "schedule_run"

    job: str = Field(primary_key=True, sa_type=Text)
    period: str = Field(primary_key=True, sa_type=Text)
    due_at: int = instant(nullable=False)
    done_at: int | None = instant()
    outcome: str = words()


class Erasure(SQLModel, table=True):
    """A tombstone of a person: the marks of an id, an account or an address, and no clear text."""

    mark: str = Field(primary_key=True, sa_type=Text)
    """A hash under the key of `[privacy]`."""
    key_check: str = words()
    """By which another key is noticed."""
    erased_at: int = instant(nullable=False)


Index("ix_delivery_queue", Delivery.state, Delivery.due_at)  # type: ignore[arg-type]
Index("ix_delivery_seq", Delivery.seq)  # type: ignore[arg-type]
Index("ix_delivery_thread", Delivery.thread, Delivery.notifier)
Index("ix_sla_clock_due", SlaClock.running, SlaClock.due_at)  # type: ignore[arg-type]
Index(
    "ix_sla_clock_ended",
    SlaClock.ended_at,  # type: ignore[arg-type]
    sqlite_where=text(BEGUN),
    postgresql_where=text(BEGUN),
)

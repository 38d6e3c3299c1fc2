"""The jobs of `deskpulse run`, with time in the test's hands: digests go out once, and covered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from sqlalchemy import text

from deskpulse.app.jobs import PATIENCE, Jobs, contained
from deskpulse.app.workspace import Workspace
from deskpulse.config import load
from deskpulse.connector import Connector, Page, Stream
from deskpulse.errors import DeliveryDeferred, SourceUnavailable
from deskpulse.notifier import Notifier, Receipt
from support.clock import FakeClock
from support.small_desk import small_desk

DIGEST = """
[notifiers.team]
use = "paper"

[digests.morning]
at = "08:00"
to = ["team"]
catch_up = "{catch_up}"
"""
EVENING = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)  # 08:00 in Berlin


class Paper(Notifier):
    """Keeps what it is sent; `down` defers everything."""

    name = "paper"
    sent: ClassVar[list[Any]] = []
    down: ClassVar[list[bool]] = []

    def send(self, message, previous=None):
        if self.down:
            raise DeliveryDeferred("the paper is out", retry_after=60)
        self.sent.append(message)
        return Receipt(note="read")

    def check(self):
        return "paper is there"

    def preview(self, message):
        return str(message.title)


class Late(Connector):
    """A source that is complete to the end of its script, or cannot be reached."""

    name = "late"
    complete_to: ClassVar[list[Any]] = []

    def streams(self):
        return [Stream("tickets", self.pull, lambda raw: raw)]

    def pull(self, cursor):
        if not self.complete_to:
            raise SourceUnavailable("nobody answers")
        yield Page([], None, complete_to=self.complete_to[-1])


@pytest.fixture
def clock():
    return FakeClock(EVENING)


@pytest.fixture
def make(tmp_path, clock):
    """Opens the desk as one more process would."""
    Paper.sent.clear()
    Paper.down.clear()
    Late.complete_to.clear()
    opened = []

    def make(catch_up="latest", more="", store="sqlite:///desk.db"):
        desk = small_desk(tmp_path / "desk", DIGEST.format(catch_up=catch_up) + more, store)
        workspace = Workspace(load(desk.config), clock)
        workspace.registry.notifiers["paper"] = Paper
        workspace.registry.connectors["late"] = Late
        opened.append(workspace)
        said = []
        return Jobs(workspace, said.append), said

    yield make
    for workspace in opened:
        workspace.close()


@pytest.fixture
def shared(postgres_server):
    """A store for several "processes" of one test: SQLite wants them to be real ones."""
    with postgres_server.database() as url:
        yield url


def sent():
    return [message.key for message in Paper.sent]


def test_the_first_start_sends_nothing_of_the_past(make, clock):
    jobs, _ = make()
    jobs.sync()
    jobs.digests()
    jobs.deliver()
    assert sent() == []
    clock.advance((DUE - EVENING).total_seconds() - 1)
    jobs.digests()
    assert sent() == []
    clock.advance(1)
    jobs.digests()
    assert sent() == ["digest/morning/2026-11-21"]
    jobs.digests()
    jobs.deliver()
    assert len(Paper.sent) == 1


def test_the_digest_follows_a_sync_that_covers_its_day(make, clock):
    jobs, _ = make()
    jobs.sync()
    jobs.digests()
    clock.advance((DUE - EVENING).total_seconds())
    jobs.digests()
    (message,) = Paper.sent
    assert message.complete_to == DUE  # synced on the spot: the last sync was in the evening
    assert message.title == "Small desk: Sat 21 Nov 2026"


@pytest.mark.parametrize(
    ("catch_up", "days"),
    [("latest", ["24"]), ("all", ["21", "22", "23", "24"]), ("skip", [])],
)
def test_after_a_standstill(make, clock, catch_up, days):
    jobs, _ = make(catch_up)
    jobs.sync()
    jobs.digests()
    clock.advance(timedelta(days=3, hours=20).total_seconds())
    jobs.digests()
    assert sorted(sent()) == [f"digest/morning/2026-11-{day}" for day in days]
    clock.advance(timedelta(days=1).total_seconds() - 7 * 3600)
    jobs.digests()
    assert sent()[-1] == "digest/morning/2026-11-25"


def test_a_source_that_is_behind_is_waited_for(make, clock):
    jobs, said = make(more='\n[sources.late]\nuse = "late"\n')
    jobs.sync()
    jobs.digests()
    assert any("late tickets: waiting: nobody answers" in line for line in said)
    clock.advance((DUE - EVENING).total_seconds())
    jobs.digests()
    assert sent() == []
    Late.complete_to.append(DUE - timedelta(hours=8, minutes=30))  # midnight is not reached
    jobs.sync()
    jobs.digests()
    assert sent() == []
    Late.complete_to.append(DUE - timedelta(hours=8))
    clock.advance(300)
    jobs.sync()
    jobs.digests()
    assert sent() == ["digest/morning/2026-11-21"]


def test_a_source_that_stays_away_is_named(make, clock):
    jobs, _ = make(more='\n[sources.late]\nuse = "late"\n')
    jobs.sync()
    jobs.digests()
    clock.advance((DUE - EVENING + PATIENCE).total_seconds())
    jobs.digests()
    (message,) = Paper.sent
    assert "older than expected" in message.summary
    assert any("late: never synced" in str(part) for part in message.parts)


@pytest.mark.postgres
def test_two_processes_send_it_once(make, clock, shared):
    first, _ = make(store=shared)
    second, _ = make(store=shared)
    first.sync()
    first.digests()
    clock.advance((DUE - EVENING).total_seconds())
    first.sync()
    second._synced_at = first._synced_at
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(jobs.digests) for jobs in (first, second)]:
            done.result()
    first.deliver()
    assert sent() == ["digest/morning/2026-11-21"]


def test_a_sink_that_is_down_gets_it_later(make, clock):
    jobs, said = make()
    jobs.sync()
    jobs.digests()
    Paper.down.append(True)
    clock.advance((DUE - EVENING).total_seconds())
    jobs.digests()
    assert any("queued the paper is out" in line for line in said)
    Paper.down.clear()
    jobs.deliver()
    assert sent() == []  # not before the minute that the sink asked for
    clock.advance(61)
    jobs.deliver()
    assert sent() == ["digest/morning/2026-11-21"]


def test_what_was_composed_survives_the_end_of_the_process(make, clock):
    jobs, _ = make()
    jobs.sync()
    jobs.digests()
    clock.advance((DUE - EVENING).total_seconds())
    jobs.deliver = lambda: None  # the process ends here
    jobs.digests()
    assert sent() == []
    jobs.workspace.close()
    again, _ = make()
    again.digests()
    again.deliver()
    assert sent() == ["digest/morning/2026-11-21"]


@pytest.mark.postgres
def test_snapshots_once_a_period(make, clock, shared):
    first, _ = make(store=shared)
    second, _ = make(store=shared)
    for jobs in (first, second):
        jobs.sync()
        jobs.snapshots()
        jobs.snapshots()
    assert kept(first) == 3
    clock.advance(3600)
    second.snapshots()
    assert kept(first) == 6


def test_a_fault_in_a_job_is_told_and_the_next_tick_tries_again(make):
    jobs, said = make()

    def explode():
        raise RuntimeError("boom")

    contained(explode, jobs.workspace, said.append)()
    assert said[0].startswith("error: a fault in deskpulse or a plugin: RuntimeError")
    contained(jobs.sync, jobs.workspace, said.append)()
    assert "tickets derived" in said[-1]
    jobs.workspace.stop.set()
    contained(explode, jobs.workspace, said.append)()
    assert len(said) == 2


def kept(jobs):
    with jobs.workspace.store.reading() as connection:
        return connection.execute(text("SELECT count(*) FROM kpi_value")).scalar_one()

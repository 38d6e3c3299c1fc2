"""Alerts in `deskpulse run`: between syncs, with buttons, with a heartbeat, and never twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from deskpulse.app import heartbeat, listening
from deskpulse.app.delivery import spacing_s
from deskpulse.app.jobs import Jobs
from deskpulse.app.workspace import Workspace
from deskpulse.config import load
from deskpulse.errors import ConfigError, DeliveryDeferred
from deskpulse.leases import acquire, release
from deskpulse.notifier import Notifier, Pressed, Receipt
from deskpulse.rule import Rule, Signal
from support.clock import FakeClock
from support.program import wait_for
from support.server import ScriptedServer, status
from support.small_desk import small_desk
from support.stores import rows

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
DUE = START + timedelta(minutes=3)
SETTINGS = """
[notifiers.team]
use = "paper"

[routes.all]
to = ["team"]
per_minute = 20

[rules.deadline]
use = "deadline"
group_wait = "1s"
"""


class Deadline(Rule):
    """One deadline; `asked` says when the rule looked."""

    name = "deadline"
    asked: ClassVar[list[datetime]] = []
    broken: ClassVar[list[bool]] = []

    def signals(self, desk):
        self.asked.append(desk.now)
        if self.broken:
            raise ValueError("a fault in the rule")
        condition = "holds" if desk.now >= DUE else "clear"
        yield Signal("t1", condition, "Late", "Late", due_at=DUE)


class Paper(Notifier):
    name = "paper"
    sent: ClassVar[list] = []
    presses: ClassVar[list[Pressed]] = []
    answers: ClassVar[list[str]] = []

    def send(self, message, previous=None):
        self.sent.append(message)
        return Receipt({"n": str(len(self.sent))})

    @property
    def listens(self):
        return True

    def listen(self, pressing, stop):
        if self.presses:
            self.answers.append(pressing(self.presses.pop(0)))
            raise DeliveryDeferred("the line was cut")
        stop.wait()


@pytest.fixture
def clock():
    return FakeClock(START)


@pytest.fixture
def make(tmp_path, clock):
    for kept in (Deadline.asked, Deadline.broken, Paper.sent, Paper.presses, Paper.answers):
        kept.clear()
    opened = []

    def make(more="", environ=None):
        desk = small_desk(tmp_path / "desk", SETTINGS + more)
        workspace = Workspace(load(desk.config, environ or {}), clock)
        workspace.registry.notifiers["paper"] = Paper
        workspace.registry.rules["deadline"] = Deadline
        opened.append(workspace)
        said = []
        return Jobs(workspace, said.append), said

    yield make
    for workspace in opened:
        workspace.stop.set()
        workspace.close()


def test_a_deadline_between_two_syncs_is_told_in_time(make, clock):
    jobs, said = make()
    jobs.sync()
    while clock.now() < DUE + timedelta(seconds=40):
        clock.advance(7)
        jobs.alerts()
    assert [message.title for message in Paper.sent] == ["Late"]
    over = next(n for n, at in enumerate(Deadline.asked) if at > DUE)
    assert Deadline.asked[over] - DUE < timedelta(seconds=7)
    pairs = zip(Deadline.asked[:over], Deadline.asked[1:over], strict=False)
    assert {b - a for a, b in pairs} == {timedelta(seconds=35)}
    # what an answer may have prevented is asked of the source before anybody is told
    lines = [line.split(",")[0] for line in said]
    assert lines.index("alerts: 1 firing") > len(lines) - 1 - lines[::-1].index("synced")
    assert lines.count("synced") == 2


def test_a_deadline_right_after_a_sync_waits_for_the_next_one(make, clock):
    jobs, said = make()
    clock.advance(175)
    jobs.sync()  # five seconds before the deadline
    clock.advance(6)
    jobs.alerts()
    assert not Paper.sent
    clock.advance(3)
    jobs.alerts()
    assert [line.split(",")[0] for line in said].count("synced") == 1
    clock.advance(2)
    jobs.alerts()
    assert [line.split(",")[0] for line in said].count("synced") == 2


def test_a_sync_under_way_keeps_no_deadline_waiting(make, clock):
    jobs, said = make()
    jobs.sync()
    clock.advance(200)
    with jobs._one_at_a_time:
        jobs.alerts()
    assert [line.split(",")[0] for line in said].count("synced") == 1
    assert Deadline.asked[-1] > DUE


def test_a_deadline_s_own_sync_keeps_nothing_waiting_either(make, clock):
    """It may take minutes: the ticks go on meanwhile, and no second sync is begun."""
    jobs, said = make()
    jobs.sync()
    later = []
    jobs.soon = later.append
    clock.advance(200)
    jobs.alerts()
    [sync] = later
    asked = len(Deadline.asked)
    for _ in range(2):
        clock.advance(35)
        jobs.alerts()
    assert len(Deadline.asked) == asked + 2
    sync()
    assert [line.split(",")[0] for line in said].count("synced") == 2
    assert sync not in later[1:]
    jobs.sync()  # nothing is locked any more


def test_a_slow_sink_keeps_no_rule_waiting(make, clock):
    jobs, _ = make()
    later = []
    clock.advance(240)
    jobs.sync()
    jobs.soon = later.append
    clock.advance(5)  # its group's wait
    jobs.alerts()
    assert later == [jobs.deliver]
    assert not Paper.sent


def test_what_another_process_kept_us_from_is_made_up_for(make):
    """It may have looked before our data came: nobody waits for the next sync."""
    jobs, said = make()
    held = acquire(jobs.workspace.store.engine, "alerts", "another:1:1")
    jobs.sync()
    jobs.alerts()
    assert Deadline.asked == []
    assert "alerts: 'alerts' is being worked on by another:1:1" in said
    release(jobs.workspace.store.engine, held)
    jobs.alerts()
    assert len(Deadline.asked) == 1


def test_what_is_long_over_is_forgotten(make, clock):
    jobs, said = make("""
[privacy]
keep_alerts = "7d"
""")
    jobs.sync()
    clock.advance(180)
    jobs.alerts()
    clock.advance(2)  # its group's wait
    jobs.alerts()
    jobs.deliver()
    alerts = "SELECT count(*) FROM alert"
    store = jobs.workspace.store
    with store.writing() as connection:
        connection.exec_driver_sql(
            f"UPDATE alert SET closed_at = {clock.now().timestamp():.0f}000000"
        )
        connection.exec_driver_sql("UPDATE announcement SET settled = true")
    clock.advance(timedelta(days=6).total_seconds())
    jobs.purge()
    assert rows(store, alerts) == [(1,)]
    clock.advance(timedelta(days=2).total_seconds())
    jobs.purge()
    assert rows(store, alerts) == [(0,)]
    assert said[-1].startswith("forgot 1 old alerts, 1 old messages")


def test_while_another_process_evaluates_nothing_is_done(make, clock):
    jobs, _ = make()
    jobs.sync()
    asked = len(Deadline.asked)
    held = acquire(jobs.workspace.store.engine, "alerts", "another:1:1")
    clock.advance(30)
    jobs.alerts()
    jobs.sync()
    assert len(Deadline.asked) == asked
    release(jobs.workspace.store.engine, held)
    jobs.alerts()
    assert len(Deadline.asked) == asked + 1


def test_time_stands_still_while_the_clock_catches_up(make, clock):
    jobs, _ = make()
    jobs.sync()
    clock.step(-300)
    jobs.sync()
    assert Deadline.asked[-1] == START


def test_a_press_is_done_and_the_line_is_taken_up_again(make, clock):
    jobs, said = make()
    clock.advance(240)
    jobs.sync()
    clock.advance(5)
    jobs.alerts()
    jobs.deliver()
    [message] = Paper.sent
    actions = {action.name: action.value for action in message.actions}
    Paper.presses.append(Pressed("acknowledge", actions["acknowledge"], "Ann", clock.now()))
    listening.start(jobs.workspace, said.append, jobs.alerting.look_soon)
    wait_for(lambda: any("not listening: the line was cut" in line for line in list(said)))
    assert Paper.answers == ["Acknowledged: Late"]
    clock.advance(3)  # the channel's pace
    jobs.alerts()
    jobs.deliver()
    assert [message.kind for message in Paper.sent] == ["firing", "update"]
    assert Paper.sent[1].acknowledged
    jobs.workspace.stop.set()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("snooze", "1h {thread}", "Snoozed: Late"),
        ("snooze", "soon {thread}", "another version"),
        ("acknowledge", "nothing", "over already"),
        ("dance", "x", "does not know the button 'dance'"),
    ],
)
def test_what_a_button_is_answered(make, clock, name, value, words):
    jobs, _ = make()
    clock.advance(240)
    jobs.sync()
    clock.advance(5)
    jobs.alerts()
    jobs.deliver()
    pressed = Pressed(name, value.format(thread=Paper.sent[0].thread), "Ann", clock.now())
    assert words in listening.answer(jobs.workspace, pressed)


def test_a_complete_cycle_is_told_to_whoever_watches(make, clock):
    with ScriptedServer() as server:
        server.queue(status(200), status(200), status(503))
        more = '\n[schedule]\nheartbeat = { env = "BEAT" }\n'
        jobs, said = make(more, {"BEAT": f"{server.url}/secret"})
        jobs.sync()
        assert server.paths() == ["/secret"]
        Deadline.broken.append(True)
        clock.advance(300)
        jobs.sync()
        assert server.paths() == ["/secret"]  # a rule that fails is no complete cycle
        assert any(line.startswith("rule deadline: ") for line in said)
        Deadline.broken.clear()
        jobs.sync()
        jobs.sync()
        assert said[-1] == "the heartbeat was answered with status 503"
    jobs.sync()
    assert said[-1] == "the heartbeat could not be sent: ConnectError"
    assert "secret" not in "".join(said)


def test_a_heartbeat_that_is_no_address_is_refused(make):
    jobs, _ = make('\n[schedule]\nheartbeat = "beat"\n')
    with pytest.raises(ConfigError, match="heartbeat is no web address"):
        heartbeat.address(jobs.workspace)


def test_the_pace_of_a_notifier_is_its_slowest_routes(make):
    jobs, _ = make()
    assert spacing_s(jobs.workspace, "team") == 3.0
    assert spacing_s(jobs.workspace, "nobody") == 0.0


def test_two_threads_of_one_process_do_not_evaluate_at_once(make, clock):
    jobs, _ = make()
    jobs.sync()
    clock.advance(240)
    threads = [threading.Thread(target=jobs.alerts) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(jobs.workspace.store, "SELECT id FROM alert")) == 1

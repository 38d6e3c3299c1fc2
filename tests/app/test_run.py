"""`deskpulse run` as a process: it ends when told, survives being killed, and shares its store."""

from __future__ import annotations

import random
import signal
import time

import pytest

from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from support.program import Desk, wait_for
from support.simulated_desk import simulated_desk, stored
from support.small_desk import NOW, small_desk

SOON_S = 15
"""Within which a stopped program has ended, on a busy machine."""


@pytest.fixture
def simulator():
    with ZendeskSimulator(tickets=120, budget=0, account_limit=0) as simulator:
        yield simulator


def check_everything_is_there(desk: Desk, simulator: ZendeskSimulator) -> None:
    truth = simulator.truth()
    messages = {key for (key,) in stored(desk, "SELECT id FROM message")}
    assert messages == set(truth["messages"])
    tickets = {key for (key,) in stored(desk, "SELECT id FROM ticket")}
    assert tickets - set(truth["deleted"]) == set(truth["tickets"])


def has_all(desk: Desk, simulator: ZendeskSimulator) -> bool:
    return len(stored(desk, "SELECT id FROM message")) == len(simulator.truth()["messages"])


def tickets_are_stored(desk: Desk) -> bool:
    """The stream before `ticket_events` is done."""
    return bool(stored(desk, "SELECT 1 FROM sync_run WHERE stream = 'tickets'"))


def test_once(tmp_path):
    desk = small_desk(tmp_path)
    done = desk.execute("run", "--once", as_of=NOW)
    assert done.code == 0, done.err
    assert "21 tickets derived" in done.err
    assert "KPI values are kept" in done.err
    assert done.out == ""  # the first start does not send the past
    assert stored(desk, "SELECT kpi, value FROM kpi_value ORDER BY kpi") == [
        ("awaiting_reply", 1.0),
        ("backlog", 1.0),
        ("open_tickets", 1.0),
    ]
    again = desk.execute("run", "--once", as_of=NOW)
    assert "KPI values" not in again.err
    assert len(stored(desk, "SELECT kpi FROM kpi_value")) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path, simulator, number):
    desk = simulated_desk(tmp_path, simulator)
    with desk.start("run") as running:
        running.until_said("tickets derived")
        running.send(number)
        done = running.end(SOON_S)
    assert done.code == 0
    assert "running: sync every 0:05:00; Ctrl-C stops" in done.err
    assert done.err.splitlines()[-1].endswith(" stopped")
    assert "Traceback" not in done.err
    check_everything_is_there(desk, simulator)
    assert stored(desk, "SELECT name FROM lease WHERE expires_at > 0") == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "silence"},
        {"kind": "slow", "seconds": 40.0},
        {"kind": "throttle", "retry_after": "60"},
    ],
    ids=lambda fault: fault["kind"],
)
def test_a_signal_ends_it_while_the_source_keeps_it_waiting(tmp_path, simulator, fault):
    desk = simulated_desk(tmp_path, simulator)
    simulator.faults.add(path="*/ticket_events*", **fault)
    with desk.start("run") as running:
        wait_for(lambda: tickets_are_stored(desk), running=running)
        time.sleep(0.5)  # now it waits
        running.send(signal.SIGTERM)
        done = running.end(SOON_S)
    assert done.code == 0
    assert done.err.splitlines()[-1].endswith(" stopped")
    assert "Traceback" not in done.err
    assert "error" not in done.err
    simulator.faults.clear()
    assert desk("run", "--once").code == 0
    check_everything_is_there(desk, simulator)


def test_ctrl_c_during_a_sync_keeps_what_came(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator)
    simulator.faults.add("silence", path="*/ticket_events*")
    with desk.start("sync", "--json") as running:
        wait_for(lambda: tickets_are_stored(desk), running=running)
        time.sleep(0.5)
        running.send(signal.SIGINT)
        done = running.end(SOON_S)
    assert done.code == 1
    outcomes = {stream["stream"]: stream["outcome"] for stream in done.json["streams"]}
    assert outcomes["tickets"] == "ok"
    assert outcomes["ticket_events"] == "stopped"
    assert "stopping after the work at hand" in done.err
    simulator.faults.clear()
    assert desk("sync").code == 0
    check_everything_is_there(desk, simulator)


def test_the_second_signal_ends_it_at_once(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator)
    simulator.faults.add("silence", path="*/groups*")
    with desk.start("check") as running:
        wait_for(lambda: bool(simulator.requests) or (tmp_path / "desk.db").exists())
        time.sleep(1.0)
        running.send(signal.SIGINT)
        running.until_said("once more ends at once")
        running.send(signal.SIGINT)
        assert running.end(SOON_S).code == 128 + signal.SIGINT


def test_killed_at_any_moment_nothing_is_lost(tmp_path):
    dice = random.Random(20261122)
    with ZendeskSimulator(seed=3, tickets=200, budget=0, account_limit=0) as simulator:
        desk = simulated_desk(tmp_path, simulator, "per_page = 40\n", every="1s")
        for _ in range(6):
            with desk.start("run"):
                time.sleep(0.8 + dice.random() * 2)
            simulator.change(3)
        simulator.settle()
        done = desk("run", "--once")
        assert done.code == 0, done.err
        check_everything_is_there(desk, simulator)
        derived = desk("kpi", "submissions", "--json").json["rows"][0]["value"]
        truth = simulator.truth()
        assert derived == len(set(truth["tickets"]) - set(truth["merged"]))


def test_a_second_run_on_the_same_store(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator, every="1s")
    simulator.faults.add("slow", path="*/ticket_events*", seconds=40.0, times=1)
    with desk.start("run") as first:
        wait_for(lambda: tickets_are_stored(desk), running=first)
        with desk.start("run") as second:
            second.until_said("Another deskpulse is working on this")
            assert any("is being worked on by" in line for line in second.said)
            second.until_said("tickets derived")  # what is there can be used
            first.process.kill()
            wait_for(lambda: has_all(desk, simulator), running=second)  # it takes over at once
            second.send(signal.SIGTERM)
            done = second.end(SOON_S)
    assert done.code == 0
    assert "Traceback" not in done.err
    assert "fault" not in done.err
    check_everything_is_there(desk, simulator)


def test_settings_that_cannot_work_are_told_at_the_start(tmp_path):
    slack = 'use = "slack"\ntoken = { env = "NOWHERE" }\nchannel = "C0123456"\n'
    desk = small_desk(tmp_path, f"[notifiers.team]\n{slack}")
    done = desk("run", "--once")
    assert done.code == 2
    assert "the environment variable NOWHERE is not set" in done.err

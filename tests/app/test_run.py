"""`deskpulse run` as a process: it ends when told, survives being killed, and shares its store."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from support.program import Desk
from support.simulated_desk import simulated_desk, stored
from support.small_desk import NOW, small_desk

SOON_S = 12
"""Within which a stopped program has ended, on a busy machine."""


@pytest.fixture
def simulator():
    with ZendeskSimulator(tickets=120, budget=0, account_limit=0) as simulator:
        yield simulator


def read_until(process: subprocess.Popen[str], text: str) -> list[str]:
    """The lines of standard error up to one that holds `text`."""
    lines: list[str] = []
    for line in process.stderr:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f"ended without {text!r}: {''.join(lines)}")


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def end(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str]:
    """Signal, and the exit code and the rest of standard error."""
    begun = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert time.monotonic() - begun < SOON_S
    return process.returncode, said


def check_everything_is_there(desk: Desk, simulator: ZendeskSimulator) -> None:
    truth = simulator.truth()
    messages = {key for (key,) in stored(desk, "SELECT id FROM message")}
    assert messages == set(truth["messages"])
    gone = set(truth["deleted"])
    tickets = {key for (key,) in stored(desk, "SELECT id FROM ticket")} - gone
    assert tickets == set(truth["tickets"])


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
    process = desk.start("run")
    assert any("running: sync every" in line for line in read_until(process, "tickets derived"))
    code, said = end(process, number)
    assert (code, said.splitlines()[-1].split(" ", 1)[1]) == (0, "stopped")
    assert "Traceback" not in said
    check_everything_is_there(desk, simulator)
    assert stored(desk, "SELECT name FROM lease WHERE expires_at > 0") == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "silence"},
        {"kind": "slow", "seconds": 30.0},
        {"kind": "throttle", "retry_after": "60"},
    ],
    ids=lambda fault: fault["kind"],
)
def test_a_signal_ends_it_while_the_source_keeps_it_waiting(tmp_path, simulator, fault):
    desk = simulated_desk(tmp_path, simulator)
    simulator.faults.add(path="*/ticket_events*", **fault)
    process = desk.start("run")
    wait_for(
        lambda: (
            any("ticket_events" in seen.path for seen in simulator.requests)
            or (fault["kind"] != "throttle" and _is_waiting(desk))
        )
    )
    code, said = end(process)
    assert code == 0, said
    assert "stopped" in said
    assert "Traceback" not in said
    assert "error" not in said
    simulator.faults.clear()
    assert desk.execute("run", "--once").code == 0
    check_everything_is_there(desk, simulator)


def _is_waiting(desk: Desk) -> bool:
    """The stream before the slow one is done."""
    if not (desk.folder / "desk.db").exists():
        return False
    return bool(stored(desk, "SELECT 1 FROM sync_run WHERE stream = 'tickets'"))


def test_ctrl_c_during_a_sync_keeps_what_came(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator)
    simulator.faults.add("silence", path="*/ticket_events*")
    process = desk.start("sync", "--json")
    wait_for(lambda: _is_waiting(desk))
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=SOON_S)
    assert process.returncode == 1, said
    outcomes = {stream["stream"]: stream["outcome"] for stream in json.loads(out)["streams"]}
    assert outcomes["tickets"] == "ok"
    assert outcomes["ticket_events"] == "stopped"
    simulator.faults.clear()
    assert desk("sync").code == 0
    check_everything_is_there(desk, simulator)


def test_killed_at_any_moment_nothing_is_lost(tmp_path):
    seed = 20261122
    dice = random.Random(seed)
    with ZendeskSimulator(seed=3, tickets=200, budget=0, account_limit=0) as simulator:
        desk = simulated_desk(tmp_path, simulator, every="1s")
        text = desk.config.read_text()
        desk.configure(text + "per_page = 40\n")
        for _ in range(6):
            process = desk.start("run")
            time.sleep(0.6 + dice.random() * 2)
            process.kill()
            process.communicate()
            simulator.change(3)
        simulator.settle()
        done = desk.execute("run", "--once")
        assert done.code == 0, done.err
        check_everything_is_there(desk, simulator)
        derived = desk("kpi", "submissions", "--json").json["rows"][0]["value"]
        truth = simulator.truth()
        assert derived == len(truth["tickets"]) - len(set(truth["merged"]) & set(truth["tickets"]))


def test_a_second_run_on_the_same_store(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator, every="1s")
    simulator.faults.add("slow", path="*/ticket_events*", seconds=2.0)
    first = desk.start("run")
    wait_for(lambda: _is_waiting(desk))
    second = desk.start("run")
    lines = read_until(second, "is being worked on by")
    assert any("Another deskpulse is working on this" in line for line in lines)
    simulator.faults.clear()
    read_until(second, "tickets derived")
    for process in (second, first):
        code, said = end(process)
        assert code == 0
        assert "Traceback" not in said
        assert "fault" not in said
    check_everything_is_there(desk, simulator)


def test_the_second_signal_ends_it_at_once(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator)
    simulator.faults.add("silence", path="*/groups*")
    process = desk.start("check")
    wait_for((tmp_path / "desk.db").exists)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=SOON_S)
    assert process.returncode == 128 + signal.SIGINT


def test_settings_that_cannot_work_are_told_at_the_start(tmp_path):
    desk = small_desk(
        tmp_path,
        '[notifiers.team]\nuse = "slack"\ntoken = { env = "NOWHERE" }\nchannel = "C0123456"\n',
    )
    done = desk("run", "--once")
    assert done.code == 2
    assert "the environment variable NOWHERE is not set" in done.err

"""Processes that are killed, stopped, or work side by side: nothing is lost, repeats say so."""

import json
import signal as signals
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from benchmarks.alerts_drill.drill import compare
from benchmarks.alerts_drill.sink import Post, Sink
from benchmarks.alerts_drill.victim import Script

from deskpulse import outbox
from deskpulse.clock import SystemClock
from deskpulse.store import Store
from support.stores import rows

ROOT = Path(__file__).parents[2]


def drilled(*options):
    """What the drill found; it runs in a process of its own, because it forks."""
    command = [sys.executable, "-m", "benchmarks.alerts_drill", *map(str, options)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr[-3000:]
    return json.loads(run.stdout)


def start(script, what):
    """A process of its own that works through the script, or sends what is there."""
    options = [script.store, script.sink, str(script.alerts), str(script.claim_s), what]
    command = [sys.executable, "-m", "benchmarks.alerts_drill.victim", *options]
    return subprocess.Popen(command, cwd=ROOT)


def test_killed_at_any_moment():
    outcome = drilled("--kills", 20, "--seed", 20261122)
    assert outcome["sound"], outcome
    assert outcome["kills"] >= 10  # the quicker the machine, the more come too late
    assert outcome["expected"] == 240


@pytest.mark.postgres
def test_killed_at_any_moment_on_postgresql(postgres_server):
    with postgres_server.database() as url:
        outcome = drilled("--kills", 5, "--seed", 7, "--store", url)
    assert outcome["sound"], outcome
    assert outcome["kills"] >= 2


def test_the_comparison_notices_a_loss_and_a_silent_repeat(sqlite_template, tmp_path):
    path = tmp_path / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    with Sink(lambda: None) as sink:
        script = Script(f"sqlite:///{path}", sink.url, alerts=3)
        script.run()
        assert compare(script.store, script, sink.arrivals).sound
        assert compare(script.store, script, sink.arrivals[1:]).lost == 1
        twice = [*sink.arrivals, sink.arrivals[0]]
        assert compare(script.store, script, twice).doubled_silently == 1


def test_processes_side_by_side_send_everything_once(store_url):
    with Sink(lambda: time.sleep(0.002)) as sink:
        script = Script(store_url, sink.url, alerts=30)
        running = [start(script, "run") for _ in range(3)]
        assert [process.wait(60) for process in running] == [0, 0, 0]
        outcome = compare(store_url, script, sink.arrivals)
    assert outcome.sound, outcome
    assert outcome.doubled == 0


def test_a_sender_that_was_stopped_is_fenced_off(store_url):
    """Stopped while the sink has the message; another takes over; then it goes on."""
    asked, release = threading.Event(), threading.Event()

    def hold():
        if not asked.is_set():
            asked.set()
            release.wait(20)

    with Sink(hold) as sink:
        script = Script(store_url, sink.url, alerts=1, claim_s=2.0)
        store = Store.open(store_url)
        script.cycle(store)
        stopped = start(script, "send")
        assert asked.wait(30)
        time.sleep(0.7)  # its other channel is through: nobody is stopped who holds the database
        stopped.send_signal(signals.SIGSTOP)
        time.sleep(4.5)  # its lease ends, whenever it began within a busy moment
        sent = outbox.Sender(store, SystemClock(), lambda _: Post(sink.url), claim_s=2.0).run()
        assert [each.state for each in sent] == ["sent"]  # what was in the sink's hands
        release.set()
        stopped.send_signal(signals.SIGCONT)
        assert stopped.wait(30) == 0
        found = rows(store, "SELECT notifier, state, attempts, receipt FROM delivery")
        assert [(state, attempts) for _, state, attempts, _ in found] == [("sent", 1)] * 2
        store.close()
        arrived = [(arrival.id, arrival.repeat) for arrival in sink.arrivals]
    assert len(arrived) in {3, 4}  # what was in the sink's hands came again, and said so
    told = [ident for ident, repeat in arrived if not repeat]
    assert len(set(told)) == len(told)


def test_a_sender_that_was_stopped_before_sending_sends_nothing(sqlite_store, clock):
    """Fenced off between claiming and sending: the row is another's by then."""
    from sqlalchemy import text

    from support.alerting import Bench, signal

    bench = Bench(sqlite_store, clock)
    bench(signal(), send=False)
    sender = outbox.Sender(sqlite_store, clock, bench.channel)
    claims = []
    claim = outbox.Sender._claim

    def taken_over(self, name, held):
        row = claim(self, name, held)
        if row is not None:
            claims.append(row)
            with sqlite_store.writing() as connection:
                connection.execute(text("UPDATE delivery SET lease_token = lease_token + 1"))
        return row if len(claims) == 1 else None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox.Sender, "_claim", taken_over)
        sender.run()
    assert bench.team.got == []
    bench.send()
    assert len(bench.team.got) == 1

"""Any order of signals, clicks and time: what is told is always what happened, once."""

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from deskpulse.alerts.routing import Route
from deskpulse.store import Store
from support.alerting import Bench, signal
from support.clock import FakeClock
from support.stores import rows

SUBJECTS, LEVELS = ("a", "b"), ("75%", "breach")


class Machine(RuleBasedStateMachine):
    """Two subjects with two rungs each, two routes."""

    template: Path

    @initialize(
        holds=st.sampled_from([0, 10]),
        keeps=st.sampled_from([0, 5]),
        flaps=st.sampled_from([2, 99]),
    )
    def open(self, holds, keeps, flaps):
        self.folder = Path(tempfile.mkdtemp())
        path = shutil.copy(self.template, self.folder / "store.db")
        self.store = Store.open(f"sqlite:///{path}")
        self.bench = Bench(self.store, FakeClock())
        self.bench.routes = (Route("one", ("x",)), Route("two", ("y", "z"), {"team": ("5",)}))
        self.bench.use(
            holds_for=timedelta(minutes=holds),
            keep_firing_for=timedelta(minutes=keeps),
            flap_limit=flaps,
            group_above=99,
        )

    @rule(
        subject=st.sampled_from(SUBJECTS),
        conditions=st.tuples(*[st.sampled_from(["holds", "clear", "unknown", "gone"])] * 2),
        team=st.sampled_from(["5", "6"]),
    )
    def say(self, subject, conditions, team):
        self.bench(
            *[
                signal(subject, condition, level=level, labels={"team": team})
                for level, condition in zip(LEVELS, conditions, strict=True)
            ]
        )

    @rule(minutes=st.sampled_from([1, 5, 15, 70]))
    def wait(self, minutes):
        self.bench.wait(minutes=minutes)
        self.bench()

    @rule(minutes=st.sampled_from([1, 30]))
    def step_back(self, minutes):
        self.bench.clock.step(-60 * minutes)

    @rule(snoozes=st.booleans(), pick=st.integers(0, 3))
    def attend(self, snoozes, pick):
        found = self.bench.every()
        if found:
            ident = found[pick % len(found)].id
            if snoozes:
                until = self.bench.now() + timedelta(minutes=10)
                self.bench.do("snooze_alert", ident, "Ann", until)
            else:
                self.bench.do("acknowledge_alert", ident, "Ann")

    @invariant()
    def never_two_open_about_the_same(self):
        if hasattr(self, "bench"):
            open_now = Counter((a.subject, a.level) for a in self.bench.alerts())
            assert max(open_now.values(), default=0) <= 1

    @invariant()
    def a_thread_begins_once_with_a_firing_and_ends_at_most_once(self):
        for channel in self.bench.channels.values() if hasattr(self, "bench") else ():
            threads = {}
            for message in channel.messages:
                threads.setdefault(message.thread, []).append(message.kind)
            for kinds in threads.values():
                assert kinds[0] == "firing", kinds
                assert "resolved" not in kinds[:-1], kinds

    @invariant()
    def never_resolved_before_fired(self):
        if hasattr(self, "bench"):
            assert all(a.fired_at for a in self.bench.every() if a.state == "resolved")

    @invariant()
    def as_many_messages_as_were_announced_times_their_channels(self):
        if not hasattr(self, "bench"):
            return
        told = dict(rows(self.store, "SELECT route, count(*) FROM delivery GROUP BY route"))
        sent = {name: len(channel.got) for name, channel in self.bench.channels.items()}
        assert told.get("one", 0) == sent.get("x", 0)
        assert sent.get("y", 0) == sent.get("z", 0)
        assert told.get("two", 0) == sent.get("y", 0) + sent.get("z", 0)

    def teardown(self):
        if hasattr(self, "bench"):
            for subject in SUBJECTS:
                self.bench(*[signal(subject, "clear", level=level) for level in LEVELS])
            for _ in range(4):  # what keeps firing and what flapped has its time
                self.bench.wait(minutes=70)
                for subject in SUBJECTS:
                    self.bench(*[signal(subject, "clear", level=level) for level in LEVELS])
            assert self.bench.alerts() == []
            for channel in self.bench.channels.values():
                ends = {m.thread: m.kind for m in channel.messages}
                assert set(ends.values()) <= {"resolved"}
            self.store.close()
            shutil.rmtree(self.folder)


def test_any_order_of_events(sqlite_template):
    from hypothesis.stateful import run_state_machine_as_test

    class Here(Machine):
        template = sqlite_template

    run_state_machine_as_test(
        Here, settings=settings(max_examples=40, stateful_step_count=20, deadline=None)
    )

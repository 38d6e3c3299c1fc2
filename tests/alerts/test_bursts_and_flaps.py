"""Many alerts at once, one that cannot make up its mind, and the people who sleep meanwhile."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from deskpulse import outbox
from deskpulse.alerts.quiet import QuietHours
from deskpulse.message import Figures, TicketLine, Tickets
from support.alerting import signal
from support.clock import FakeClock
from support.stores import rows

M = timedelta(minutes=1)


def many(count, condition="holds", **more):
    return [signal(f"t{n}", condition, **more) for n in range(count)]


# --- bursts ---------------------------------------------------------------------------------


def test_a_few_go_out_one_by_one(bench):
    bench(*many(5))
    assert len(bench.team.got) == 5


def test_five_thousand_at_once_are_one_message_with_the_exact_count(both):
    parts = (Tickets((TicketLine("zendesk/1", "Help"),)),)
    both(*many(5_000, parts=parts))
    [message] = both.team.messages
    assert message.title == "5,000 alerts of late"
    [listed] = [part for part in message.parts if isinstance(part, Tickets)]
    assert (len(listed.items), listed.total) == (10, 5_000)
    both.wait(minutes=5)
    over = [signal(f"t{n}", "clear") for n in range(1_234)]
    both(*over)
    assert both.team.messages[-1].kind == "update"
    assert both.team.messages[-1].title == "3,766 of 5,000 alerts of late still fire"
    both.wait(minutes=5)
    both(*[signal(f"t{n}", "clear") for n in range(5_000)])
    assert both.team.kinds == ["firing", "update", "resolved"]
    assert both.team.messages[-1].title == "All 5,000 alerts of late are over"
    assert len({message.thread for message in both.team.messages}) == 1
    assert Counter(alert.state for alert in both.every()) == {"resolved": 5_000}


def test_the_first_waits_for_the_others(bench):
    bench.use(group_wait=timedelta(seconds=30))
    bench(*many(4))
    assert bench.team.got == []
    assert bench.why("t0") == "group wait"
    bench.wait(seconds=20)
    report = bench(*many(20))
    assert report.next_look == bench.now() + timedelta(seconds=10)
    bench.wait(seconds=10)
    bench()
    assert [message.title for message in bench.team.messages] == ["20 alerts of late"]


def test_the_budget_holds_for_an_hour_of_new_ones(bench):
    bench.use(group_above=5, group_interval=5 * M)
    for minute in range(60):
        new = [signal(f"{minute}-{n}") for n in range(30)]
        bench(*new)
        bench.wait(minutes=1)
    bench.wait(minutes=5)
    bench()
    assert len(bench.team.got) <= 13
    counted = sum(int(m.title.split()[0].replace(",", "")) for m in bench.team.messages)
    assert counted == 1_800


def test_a_burst_is_divided_by_the_labels_asked_for(bench):
    bench.use(group_by=("team",))
    bench(*[signal(f"t{n}", labels={"team": str(n % 3)}) for n in range(60)])
    assert [message.title for message in bench.team.messages] == ["20 alerts of late"] * 3


def test_an_escalation_within_a_group_is_counted(bench):
    def rungs(n, second):
        return (signal(f"t{n}", level="75%"), signal(f"t{n}", second, level="breach"))

    bench(*[s for n in range(10) for s in rungs(n, "clear")])
    bench.wait(minutes=5)
    bench(*[s for n in range(10) for s in rungs(n, "holds" if n < 7 else "clear")])
    message = bench.team.messages[-1]
    assert message.kind == "firing"
    [figures] = [part for part in message.parts if isinstance(part, Figures)]
    assert [(f.label, f.value) for f in figures.items] == [("escalated (breach)", "7")]


def test_too_much_waiting_becomes_one_summary(both):
    both.route(queue_at_most=20)
    both.use(group_above=1_000)
    both(*many(15), send=False)
    assert len(rows(both.store, "SELECT 1 FROM delivery WHERE state = 'queued'")) == 15
    both(*many(40), send=False)
    both(*many(45), send=False)
    both(*many(70), send=False)
    queue = rows(both.store, "SELECT stands_for FROM delivery WHERE state = 'queued'")
    assert sum(count for (count,) in queue) == 70
    both.send()
    totals = [m.title for m in both.team.messages if "summed up" in m.title]
    assert totals == ["70 alert messages, summed up"]


# --- flapping -------------------------------------------------------------------------------


def test_two_hours_of_flapping_once_a_minute(bench):
    bench.use(flap_limit=4, flap_window=60 * M)
    for minute in range(120):
        bench(signal(condition="holds" if minute % 2 == 0 else "clear"))
        bench.wait(minutes=1)
    assert len(bench.team.got) == 9  # four rounds, and the note
    assert bench.team.messages[-1].title == "Flapping: Ticket t1 waits"
    assert bench.why() == "flaps on"
    for _ in range(62):
        bench(signal(condition="clear"))
        bench.wait(minutes=1)
    assert bench.team.kinds[-1] == "resolved"
    assert len(bench.team.got) == 10


def test_what_calms_down_firing_says_so(bench):
    bench.use(flap_limit=2, flap_window=10 * M)
    for minute in range(10):
        bench(signal(condition="holds" if minute % 2 == 0 else "clear"))
        bench.wait(minutes=1)
    sent = len(bench.team.got)
    for _ in range(12):
        bench(signal())
        bench.wait(minutes=1)
    assert len(bench.team.got) == sent + 1
    assert bench.team.messages[-1].title == "Still firing: Ticket t1 waits"


def test_hysteresis_keeps_it_from_flapping(bench):
    bench.use(keep_firing_for=3 * M)
    for minute in range(60):
        bench(signal(condition="holds" if minute % 2 == 0 else "clear"))
        bench.wait(minutes=1)
    assert bench.team.kinds == ["firing"]


# --- quiet hours ----------------------------------------------------------------------------

NIGHT = {day: [(0, 8 * 60), (18 * 60, 24 * 60)] for day in range(7)}
BERLIN = ZoneInfo("Europe/Berlin")


def test_the_night_is_held_and_told_in_the_morning(sqlite_store):
    bench = at(sqlite_store, "2026-01-05T20:00:00+00:00")
    bench.route(quiet=QuietHours(BERLIN, NIGHT))
    bench(signal())
    assert bench.why() == "quiet hours"
    bench(signal("t2"))
    bench(signal("t2", "clear"))
    bench.wait(hours=10, minutes=59)
    bench()
    assert bench.team.got == []
    bench.wait(minutes=1)  # 08:00 in Berlin
    bench()
    first, note = sorted(bench.team.messages, key=lambda message: message.kind)
    assert first.kind == "firing"
    assert "Held during quiet hours; it fires since 2026-01-05 20:00 UTC." in str(first.parts)
    assert (note.kind, note.title) == ("note", "In quiet hours: Ticket t2 waits")


def test_what_is_urgent_breaks_through(sqlite_store):
    bench = at(sqlite_store, "2026-01-05T20:00:00+00:00")
    bench.route(quiet=QuietHours(BERLIN, NIGHT))
    bench(signal(labels={"priority": "urgent"}))
    assert bench.team.kinds == ["firing"]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # the clocks go forward on 29 March 2026 at 02:00, back on 25 October at 03:00
        ("2026-03-28T21:00+01:00", "2026-03-29T08:00+02:00"),
        ("2026-10-24T21:00+02:00", "2026-10-25T08:00+01:00"),
        ("2026-03-29T07:59+02:00", "2026-03-29T08:00+02:00"),
        ("2026-03-29T08:00+02:00", None),
        ("2026-10-25T17:59+01:00", None),
        ("2026-10-25T18:00+01:00", "2026-10-26T08:00+01:00"),
    ],
)
def test_the_night_ends_by_the_local_clock(now, until):
    quiet = QuietHours(BERLIN, NIGHT).until(datetime.fromisoformat(now))
    assert quiet == (None if until is None else datetime.fromisoformat(until))


def test_a_window_that_the_clocks_skip_or_repeat():
    early = QuietHours(BERLIN, {day: [(150, 180)] for day in range(7)})  # 02:30 to 03:00
    skipped = datetime.fromisoformat("2026-03-29T03:15+02:00")
    assert early.until(skipped) is None or early.until(skipped) > skipped
    first = datetime.fromisoformat("2026-10-25T02:45+02:00")
    second = datetime.fromisoformat("2026-10-25T02:45+01:00")
    assert early.until(second) == datetime.fromisoformat("2026-10-25T03:00+01:00")
    assert early.until(first) == early.until(second)


def test_a_whole_weekend(sqlite_store):
    weekend = QuietHours(BERLIN, {5: [(0, 1440)], 6: [(0, 1440)]})
    friday = datetime(2026, 10, 23, 22, 30, tzinfo=UTC)  # Saturday 00:30 in Berlin
    assert weekend.until(friday) == datetime.fromisoformat("2026-10-26T00:00+01:00")
    assert weekend.until(friday - timedelta(hours=1)) is None


def at(store, start):
    from support.alerting import Bench

    return Bench(store, FakeClock(datetime.fromisoformat(start)))


# --- channels -------------------------------------------------------------------------------


def test_a_channels_pace_is_kept_over_runs_and_processes(store, clock):
    from support.alerting import Bench, Recorder

    bench = Bench(store, clock)
    bench.use(group_above=100)
    bench(*many(10), send=False)
    sink, times = Recorder(), []
    send = sink.send

    def timed(message, previous=None):
        times.append(clock.now())
        return send(message, previous)

    sink.send = timed
    for _ in range(2):  # two processes: the second finds what the first left
        outbox.Sender(store, clock, lambda _: sink, spacing=lambda _: 1.5).run()
    assert len(times) == 10
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert min(gaps) >= 1.5

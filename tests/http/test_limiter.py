import random
import threading
import time
from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskpulse.clock import SystemClock
from deskpulse.errors import PluginError, RateLimited
from deskpulse.http.budget import Budget
from deskpulse.http.headers import Allowance
from deskpulse.http.limiter import Limiter
from deskpulse.http.pause import Pause, Stopped
from support.clock import FakeClock


def spend(limiter, clock, name, count, *, takes=lambda: 0.0):
    """Send `count` requests as fast as the limiter allows; gives the moments of sending."""
    sent = []
    for _ in range(count):
        with limiter.slot(name, Pause(clock)):
            sent.append(clock.monotonic())
            clock.advance(takes())
    return sent


def most_in_any_window(sent, per_s):
    """The most requests in any half-open window; the fullest one starts at a request."""
    ordered = sorted(sent)
    return max(bisect_left(ordered, start + per_s) - i for i, start in enumerate(ordered))


@pytest.mark.parametrize(
    ("requests", "per_s"), [(10, 60.0), (1, 1.0), (700, 60.0), (3, 0.5), (10, 1200.0)]
)
def test_the_allowance_is_never_exceeded_and_used_to_95_percent(requests, per_s):
    clock = FakeClock()
    limiter = Limiter([Budget("exports", requests, per_s)], clock)
    sent = spend(limiter, clock, "exports", requests * 50)
    assert most_in_any_window(sent, per_s) <= requests
    elapsed = sent[-1] - sent[0]
    assert len(sent) / (elapsed / per_s) / requests >= 0.95


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 20),
    st.floats(0.1, 100),
    st.lists(st.floats(0, 5), min_size=1, max_size=20),
)
def test_requests_of_any_duration_stay_within_the_window(requests, per_s, durations):
    clock = FakeClock()
    limiter = Limiter([Budget("", requests, per_s)], clock)
    choose = random.Random(1)
    sent = spend(limiter, clock, "", 100, takes=lambda: choose.choice(durations))
    assert most_in_any_window(sent, per_s) <= requests


def test_every_call_counts_against_the_default_budget_too():
    clock = FakeClock()
    limiter = Limiter([Budget("", 5, 60), Budget("exports", 3, 60)], clock)
    spend(limiter, clock, "exports", 3)
    spend(limiter, clock, "", 2)
    assert clock.slept_s == 0
    spend(limiter, clock, "", 1)
    assert 60 <= clock.slept_s <= 62


def test_a_full_named_budget_leaves_the_others_alone():
    clock = FakeClock()
    limiter = Limiter([Budget("", 100, 60), Budget("exports", 1, 60)], clock)
    spend(limiter, clock, "exports", 1)
    spend(limiter, clock, "", 20)
    assert clock.slept_s == 0


def test_threads_share_it_without_overshooting_and_without_wasting_it():
    clock = SystemClock()
    limiter = Limiter([Budget("", 20, 0.25, parallel=8)], clock)
    sent = []
    end = time.monotonic() + 1.6

    def work():
        while time.monotonic() < end:
            with limiter.slot("", Pause(clock)):
                sent.append(time.monotonic())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most_in_any_window(sent, 0.25) <= 20
    windows = (sent[-1] - sent[0]) / 0.255
    # The clock of a busy machine is coarse: the exact share is measured on the fake clock above.
    assert len(sent) >= 20 * windows * 0.85


def test_no_more_at_once_than_parallel():
    clock = SystemClock()
    limiter = Limiter([Budget("", 1_000, 1, parallel=2)], clock)
    lock, now, most = threading.Lock(), [0], [0]

    def work():
        for _ in range(5):
            with limiter.slot("", Pause(clock)):
                with lock:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                time.sleep(0.002)
                with lock:
                    now[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 2


def test_nothing_left_holds_the_budget_until_the_reset():
    clock = FakeClock()
    limiter = Limiter([Budget("", 700, 60), Budget("exports", 10, 60)], clock)
    limiter.learn("", Allowance(0, 700, 25))
    spend(limiter, clock, "", 1)
    assert clock.slept_s == pytest.approx(25)


def test_nothing_left_belongs_to_the_budget_of_the_same_size():
    clock = FakeClock()
    limiter = Limiter([Budget("", 700, 60), Budget("exports", 10, 60)], clock)
    limiter.learn("exports", Allowance(0, 10, 25))
    spend(limiter, clock, "", 5)
    assert clock.slept_s == 0
    spend(limiter, clock, "exports", 1)
    assert clock.slept_s == pytest.approx(25)


def test_nothing_left_without_a_reset_waits_for_the_oldest_request_to_leave():
    clock = FakeClock()
    limiter = Limiter([Budget("", 100, 60)], clock)
    spend(limiter, clock, "", 1)
    clock.advance(40)
    limiter.learn("", Allowance(0, None, None))
    spend(limiter, clock, "", 1)
    assert 20 <= clock.slept_s <= 22


def test_something_left_changes_nothing():
    clock = FakeClock()
    limiter = Limiter([Budget("", 100, 60)], clock)
    limiter.learn("", Allowance(1, 100, 50))
    limiter.learn("", None)
    spend(limiter, clock, "", 1)
    assert clock.slept_s == 0


def test_a_hold_that_is_too_long_gives_the_thread_back():
    clock = FakeClock()
    limiter = Limiter([Budget("", 100, 60)], clock)
    limiter.hold("", 3_600)
    with pytest.raises(RateLimited) as caught:
        spend(limiter, clock, "", 1)
    assert caught.value.retry_after == pytest.approx(3_600)
    assert clock.slept_s == 0


def test_a_wait_ends_when_told_to_stop():
    clock = FakeClock()
    limiter = Limiter([Budget("", 1, 60)], clock)
    stop = threading.Event()
    spend(limiter, clock, "", 1)
    stop.set()
    with pytest.raises(Stopped), limiter.slot("", Pause(clock, stop)):
        pytest.fail("sent after the stop")


def test_a_stop_is_noticed_while_waiting_for_another_thread():
    clock = SystemClock()
    limiter = Limiter([Budget("", 10, 60, parallel=1)], clock)
    stop = threading.Event()
    with limiter.slot("", Pause(clock)):
        threading.Timer(0.05, stop.set).start()
        started = time.monotonic()
        with pytest.raises(Stopped), limiter.slot("", Pause(clock, stop)):
            pytest.fail("two at once")
        assert time.monotonic() - started < 1


def test_a_failed_request_gives_its_place_back():
    clock = FakeClock()
    limiter = Limiter([Budget("", 10, 60, parallel=1)], clock)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), limiter.slot("", Pause(clock)):
            raise ZeroDivisionError


def test_an_unknown_budget_is_a_fault_of_the_plugin():
    limiter = Limiter([Budget("exports", 10)], FakeClock())
    with pytest.raises(PluginError, match='"export"; declared: exports'):
        limiter.budget("export")


@pytest.mark.parametrize(
    "budgets",
    [
        [Budget("", 0)],
        [Budget("", 1, per_s=0)],
        [Budget("", 1, parallel=0)],
        [Budget("a", 1), Budget("a", 2)],
    ],
)
def test_budgets_that_make_no_sense_are_refused(budgets):
    with pytest.raises(PluginError):
        Limiter(budgets, FakeClock())


def test_without_budgets_nothing_waits():
    clock = FakeClock()
    limiter = Limiter([], clock)
    limiter.hold("", 50)
    limiter.learn("", Allowance(0, None, 50))
    spend(limiter, clock, "", 1_000)
    assert clock.slept_s == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=120))
def test_units_are_never_exceeded_whatever_each_call_costs(costs):
    """Google counts quota units: a thread takes ten of them, a profile one."""
    clock = FakeClock()
    limiter = Limiter([Budget("", 100, 60.0)], clock)
    sent = []
    for cost in costs:
        with limiter.slot("", Pause(clock), cost):
            sent.append((clock.monotonic(), cost))
    for start, _ in sent:
        assert sum(cost for at, cost in sent if start <= at < start + 60.0) <= 100


def test_units_are_used_to_95_percent_while_data_waits():
    clock = FakeClock()
    limiter, begun = Limiter([Budget("", 6000, 60.0)], clock), clock.monotonic()
    for _ in range(6000):
        with limiter.slot("", Pause(clock), 10):
            pass
    minutes = (clock.monotonic() - begun) / 60.0
    assert 6000 * 10 / (minutes + 1) >= 0.95 * 6000


def test_a_call_that_costs_more_than_the_budget_takes_all_of_it():
    clock = FakeClock()
    limiter, begun = Limiter([Budget("", 5, 60.0)], clock), clock.monotonic()
    for _ in range(2):
        with limiter.slot("", Pause(clock), 100):
            pass
    assert 60.0 <= clock.monotonic() - begun < 62.0


def test_a_dear_call_takes_several_places_of_the_account_and_one_of_its_own_budget():
    clock = FakeClock()
    limiter = Limiter([Budget("", 10), Budget("lists", 3)], clock)
    sent = []
    for _ in range(9):
        with limiter.slot("lists", Pause(clock), cost=3):
            sent.append(clock.monotonic())
    assert most_in_any_window(sent, 60.0) == 3
    started = clock.monotonic()
    with limiter.slot("", Pause(clock)):
        assert clock.monotonic() == started
    with limiter.slot("", Pause(clock)):
        assert clock.monotonic() > started


def test_costs_use_the_account_to_95_percent_and_no_further():
    clock = FakeClock()
    limiter = Limiter([Budget("", 200)], clock)
    choose = random.Random(3)
    sent = []
    for _ in range(2_000):
        cost = choose.choice((1, 1, 1, 3, 5))
        with limiter.slot("", Pause(clock), cost=cost):
            sent += [clock.monotonic()] * cost
    assert most_in_any_window(sent, 60.0) <= 200
    assert len(sent) / ((sent[-1] - sent[0]) / 60.0) / 200 >= 0.95


def test_a_call_that_costs_more_than_there_is_waits_for_all_of_it():
    clock = FakeClock()
    limiter = Limiter([Budget("", 2)], clock)
    for _ in range(2):
        with limiter.slot("", Pause(clock), cost=5):
            pass
    assert 60 < clock.slept_s < 62

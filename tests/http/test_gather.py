import threading
import time

import pytest

from deskpulse.clock import SystemClock
from deskpulse.errors import (
    AuthRejected,
    RateLimited,
    RequestRefused,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse.http.budget import Budget
from deskpulse.http.pause import Stopped
from support.server import Reply, json_, status


def calls(count):
    return [(f"/t/{i}", {}) for i in range(count)]


def echo(server, count, *, slow=()):
    for i in range(count):
        server.on(f"/t/{i}", Reply(body=b"%d" % i, delay_s=0.1 if i in slow else 0))


def gathering():
    return [t for t in threading.enumerate() if t.name.startswith("deskpulse-gather")]


def test_answers_come_in_order_whatever_comes_first(client, server):
    echo(server, 30, slow={0, 7})
    assert list(client.gather(calls(30), parallel=4)) == list(range(30))


def test_parameters_are_sent(client, server):
    server.queue(json_({}))
    assert list(client.gather([("/a", {"x": 1}), ("/b", {})])) == [{}, {}]
    assert [r.query for r in server.requests if r.path == "/a"] == [{"x": ["1"]}]


def test_no_calls(client):
    assert list(client.gather([])) == []


def test_never_more_at_once_than_parallel(client, server):
    lock, now, most = threading.Lock(), [0], [0]

    def busy(_):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.01)
        with lock:
            now[0] -= 1
        return json_({})

    server.queue(busy)
    list(client.gather(calls(20), parallel=3))
    assert most[0] == 3


@pytest.mark.parametrize(
    ("reply", "error"),
    [(status(403), StreamForbidden), (status(404), RequestRefused), (status(410), RequestRefused)],
)
def test_one_refused_call_stands_in_its_place(client, server, reply, error):
    echo(server, 5)
    server._scripts["/t/2"].clear()
    server.on("/t/2", reply)
    answers = list(client.gather(calls(5)))
    assert isinstance(answers[2], error)
    assert answers[2].status == reply.status
    assert answers[:2] + answers[3:] == [0, 1, 3, 4]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (status(401), AuthRejected),
        (status(500), SourceUnavailable),
        (status(429, retry_after="999"), RateLimited),
    ],
)
def test_everything_else_is_raised_in_its_place(client, server, reply, error):
    echo(server, 5)
    server._scripts["/t/2"].clear()
    server.on("/t/2", reply)
    answers = client.gather(calls(5))
    assert [next(answers), next(answers)] == [0, 1]
    with pytest.raises(error):
        next(answers)
    assert list(answers) == []


def test_it_reads_no_further_than_needed_and_stops_with_its_consumer(client, server):
    server.queue(json_({}))
    asked = []

    def endless():
        for i in range(10_000):
            asked.append(i)
            yield f"/t/{i}", {}

    answers = client.gather(endless(), parallel=2)
    assert asked == []
    for _ in range(3):
        next(answers)
    answers.close()
    sent = len(server.requests)
    time.sleep(0.05)
    assert len(asked) <= 3 + 4
    assert len(server.requests) <= sent + 2


def test_waits_of_calls_that_nobody_wants_any_more_end(make, server):
    client = make(clock=SystemClock())
    server.on("/t/0", json_({}))
    server.on("/t/1", status(429, retry_after="60"))
    answers = client.gather(calls(2), parallel=2)
    next(answers)
    deadline = time.monotonic() + 2
    while client.stats.retries == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    answers.close()
    while gathering() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gathering() == []


def test_a_consumer_that_stops_does_not_wait_for_answers_on_the_wire(client, server):
    server.on("/t/0", json_({}))
    server.on("/t/1", Reply(delay_s=0.5))
    answers = client.gather(calls(2), parallel=2)
    next(answers)
    while "/t/1" not in server.paths():
        time.sleep(0.01)
    started = time.monotonic()
    answers.close()
    assert time.monotonic() - started < 0.3


def test_a_stop_ends_it(make, server):
    stop = threading.Event()
    client = make(clock=SystemClock(), stop=stop)
    server.queue(status(429, retry_after="60"))
    threading.Timer(0.1, stop.set).start()
    with pytest.raises(Stopped):
        list(client.gather(calls(5)))


def test_it_keeps_the_budget(make, server, clock):
    client = make(budgets=[Budget("children", 5, 60.0)])
    server.queue(json_({}))
    list(client.gather(calls(20), budget="children", parallel=4))
    assert clock.slept_s >= 180

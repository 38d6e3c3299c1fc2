"""The outbox: at least once, never by two at once, and every refusal has its own way."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from deskpulse.errors import ConfigError, DeliveryDeferred, DeliveryRejected
from deskpulse.message import Message, Paragraph
from deskpulse.notifier import Notifier, Receipt
from deskpulse.outbox import CLAIM, FIRST_RETRY, LONGEST_RETRY, MOST_ATTEMPTS, Sender, enqueue
from deskpulse.outbox.thread import REPEAT
from deskpulse.store import Store
from deskpulse.untrusted import Untrusted
from support.stores import micros, rows


class Sink(Notifier):
    """Does what it is told, once per call; the last instruction stays."""

    name = "sink"

    def __init__(self, *instructions) -> None:
        self.instructions = list(instructions) or [Receipt({"ts": "1"})]
        self.got: list[tuple[Message, Receipt | None]] = []

    def send(self, message, previous=None):
        self.got.append((message, previous))
        told = self.instructions.pop(0) if len(self.instructions) > 1 else self.instructions[0]
        if isinstance(told, BaseException):
            raise told
        return told


def message(key: str = "digest/morning/2026-01-05") -> Message:
    return Message(key, "digest", "Morning", Untrusted("<!channel>"), (Paragraph(("a",)),))


@pytest.fixture
def put(store, clock):
    def into(*keys, to=("slack",)):
        new = 0
        for key in keys:
            with store.writing() as connection:
                new += enqueue(connection, message(key), to, clock.now())
            clock.advance(0.001)
        return new

    return into


@pytest.fixture
def sender(store, clock):
    return lambda **sinks: Sender(store, clock, sinks.__getitem__)


def states(store):
    return {
        (key, notifier): (state, attempts)
        for key, notifier, state, attempts in rows(
            store, "SELECT key, notifier, state, attempts FROM delivery"
        )
    }


def test_what_is_written_down_is_sent_and_ticked_off(store, put, sender):
    assert put("a", to=("slack", "mail")) == 2
    slack, mail = Sink(), Sink()
    sent = sender(slack=slack, mail=mail).run()
    assert {(s.key, s.notifier, s.state) for s in sent} == {
        ("a", "slack", "sent"),
        ("a", "mail", "sent"),
    }
    [(got, previous)] = slack.got
    assert (got.title, got.summary.open(), previous) == ("Morning", "<!channel>", None)
    assert got.id != mail.got[0][0].id
    assert sender(slack=slack, mail=mail).run() == []
    assert len(slack.got) == 1


def test_a_key_goes_out_once(put, sender):
    assert put("a") == 1
    assert put("a") == 0
    sink = Sink()
    sender(slack=sink).run()
    assert put("a") == 0
    sender(slack=sink).run()
    assert len(sink.got) == 1


def test_the_idempotency_key_is_the_same_on_every_attempt(put, sender, clock):
    put("a")
    sink = Sink(DeliveryDeferred("busy"), Receipt())
    sender(slack=sink).run()
    clock.advance(LONGEST_RETRY.total_seconds())
    sender(slack=sink).run()
    first, second = (got.id for got, _ in sink.got)
    assert first == second


def test_an_undone_transaction_sends_nothing(store, clock, sender):
    def fails_afterwards():
        with store.writing() as connection:
            enqueue(connection, message("a"), ["slack"], clock.now())
            raise ValueError("oops")

    with pytest.raises(ValueError, match="oops"):
        fails_afterwards()
    assert sender(slack=Sink()).run() == []


def test_oldest_first(put, sender, clock):
    for key in "cab":
        put(key)
        clock.advance(1)
    assert [s.key for s in sender(slack=Sink()).run()] == ["c", "a", "b"]


# --- refusals -------------------------------------------------------------------------------


def test_a_deferred_message_waits_as_long_as_the_sink_asks(store, put, sender, clock):
    put("a")
    sink = Sink(DeliveryDeferred("rate limited", retry_after=300), Receipt())
    [first] = sender(slack=sink).run()
    assert (first.state, first.error) == ("queued", "rate limited")
    clock.advance(299)
    assert sender(slack=sink).run() == []
    clock.advance(1)
    [second] = sender(slack=sink).run()
    assert second.state == "sent"
    assert states(store) == {("a", "slack"): ("sent", 2)}


def test_without_a_word_it_waits_longer_each_time(put, sender, clock, store):
    put("a")
    waits = []
    for _ in range(10):
        sender(slack=Sink(DeliveryDeferred("down"))).run()
        [(due,)] = rows(store, "SELECT due_at FROM delivery")
        waits.append(due - micros(clock.now()))
        clock.advance(waits[-1] / 1e6)
    seconds = [wait / 1e6 for wait in waits]
    assert seconds[0] == FIRST_RETRY.total_seconds()
    assert seconds == sorted(seconds)
    assert seconds[-1] == LONGEST_RETRY.total_seconds()


@pytest.mark.parametrize("asked", [0, -5, 0.0])
def test_a_sink_that_asks_for_no_wait_is_not_hammered(put, sender, asked):
    put("a")
    sink = Sink(DeliveryDeferred("again, please", retry_after=asked))
    sender(slack=sink).run()
    assert len(sink.got) == 1


def test_a_message_that_is_refused_for_good_is_a_dead_letter(store, put, sender, clock):
    put("a", "b")
    sink = Sink(DeliveryRejected("channel_not_found"), Receipt())
    assert [(s.key, s.state) for s in sender(slack=sink).run()] == [("a", "dead"), ("b", "sent")]
    clock.advance(10**6)
    assert sender(slack=sink).run() == []
    [(error,)] = rows(store, "SELECT error FROM delivery WHERE state = 'dead'")
    assert error == "channel_not_found"


def test_a_notifier_that_is_not_configured_any_more_is_a_dead_letter(store, clock, put):
    def gone(name):
        raise ConfigError(f"there is no notifier {name!r}")

    put("a")
    [sent] = Sender(store, clock, gone).run()
    assert (sent.state, sent.error) == ("dead", "there is no notifier 'slack'")


def test_patience_ends(put, sender, clock, store):
    put("a")
    for _ in range(MOST_ATTEMPTS):
        sender(slack=Sink(DeliveryDeferred("down", retry_after=1))).run()
        clock.advance(LONGEST_RETRY.total_seconds())
    assert states(store) == {("a", "slack"): ("dead", MOST_ATTEMPTS)}


@pytest.mark.parametrize("asked", [0, 1, 5])
def test_a_sink_that_asks_for_a_second_again_and_again_is_not_given_up(
    put, sender, clock, store, asked
):
    """A channel that is busy for some hours has refused nothing."""
    put("a")
    for _ in range(8 * 3600 // 60):
        sender(slack=Sink(DeliveryDeferred("busy", retry_after=asked))).run()
        clock.advance(60)
    [((state, attempts),)] = [states(store).values()]
    assert state == "queued"
    assert attempts < MOST_ATTEMPTS
    clock.advance(LONGEST_RETRY.total_seconds())
    [sent] = sender(slack=Sink(Receipt())).run()
    assert sent.state == "sent"


def test_a_notifiers_fault_stops_neither_the_others_nor_itself(store, put, sender, clock):
    put("a", to=("broken", "slack"))
    secret = ValueError("https://hooks.slack.com/services/SECRET")
    sent = {s.notifier: s for s in sender(broken=Sink(secret), slack=Sink()).run()}
    assert (sent["broken"].state, sent["slack"].state) == ("queued", "sent")
    assert sent["broken"].error == "ValueError in notifier 'broken'"
    assert "SECRET" not in str(rows(store, "SELECT * FROM delivery"))
    clock.advance(60)
    [again] = sender(broken=Sink()).run()
    assert again.state == "sent"


# --- parts that arrived ---------------------------------------------------------------------


def test_what_has_arrived_is_not_sent_again(put, sender, clock):
    put("a")
    half, whole = Receipt({"ts": "1"}, "page 1 of 2"), Receipt({"ts": "2"})
    sink = Sink(DeliveryDeferred("cut", retry_after=1, progress=half), whole)
    sender(slack=sink).run()
    clock.advance(5)
    sender(slack=sink).run()
    assert [previous for _, previous in sink.got] == [None, half]


def test_progress_outlives_an_attempt_that_made_none(put, sender, clock):
    put("a")
    half = Receipt({"ts": "1"})
    sink = Sink(
        DeliveryDeferred("cut", retry_after=1, progress=half),
        DeliveryDeferred("down", retry_after=1),
        ValueError("a fault"),
        Receipt(),
    )
    for _ in range(4):
        sender(slack=sink).run()
        clock.advance(4_000)
    assert [previous for _, previous in sink.got] == [None, half, half, half]


def test_the_receipt_is_kept(store, put, sender):
    put("a")
    sender(slack=Sink(Receipt({"channel": "C1", "ts": "5"}, "sent in 2 pages"))).run()
    [(receipt, sent_at)] = rows(store, "SELECT receipt, sent_at FROM delivery")
    assert '"ts":"5"' in receipt
    assert "2 pages" in receipt
    assert sent_at


# --- crashes and rivals ---------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


def test_a_crash_before_sending_loses_nothing(put, sender, clock):
    put("a")
    with pytest.raises(Killed):
        sender(slack=Sink(Killed())).run()
    sink = Sink()
    assert [s.state for s in sender(slack=sink).run()] == ["sent"]
    [(got, _)] = sink.got
    assert REPEAT in str(got.parts)  # the sender ended somewhere in the middle of sending


def test_a_crash_between_sending_and_ticking_off_repeats_it_once(
    store, put, sender, clock, monkeypatch
):
    put("a", "b")
    sink = Sink()

    def dies(*_, **__):
        raise Killed

    monkeypatch.setattr(Sender, "_record", dies)
    with pytest.raises(Killed):
        sender(slack=sink).run()
    monkeypatch.undo()
    clock.advance(CLAIM.total_seconds())
    sender(slack=sink).run()
    sender(slack=sink).run()
    assert [(got.key, REPEAT in str(got.parts)) for got, _ in sink.got] == [
        ("a", False),
        ("a", True),
        ("b", False),
    ]
    assert set(states(store).values()) == {("sent", 1)}


def test_a_sender_that_slept_through_its_claim_does_not_undo_anothers_work(
    store, put, sender, clock
):
    put("a")

    class Sleeper(Sink):
        def send(self, message, previous=None):
            clock.advance(CLAIM.total_seconds() + 1)
            with store.writing() as connection:  # leases run by the database's clock
                connection.execute(text("UPDATE lease SET expires_at = 0"))
            other = Sink(Receipt({"by": "the other"}))
            process = Sender(Store(store.engine), clock, {"slack": other}.__getitem__)
            assert [s.state for s in process.run()] == ["sent"]
            raise DeliveryDeferred("too late", retry_after=0)

    sender(slack=Sleeper()).run()
    [(state, receipt)] = rows(store, "SELECT state, receipt FROM delivery")
    assert state == "sent"
    assert "the other" in receipt


def test_many_senders_never_send_the_same_row(store, put, sender):
    put(*(f"k{n}" for n in range(40)))
    sink, start = Sink(), threading.Barrier(4)

    def work():
        start.wait()
        sender(slack=sink).run()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got.key for got, _ in sink.got) == sorted(f"k{n}" for n in range(40))
    assert set(states(store).values()) == {("sent", 1)}


def test_nothing_is_sent_before_it_is_due(store, put, sender, clock):
    put("a")
    clock.step(-timedelta(hours=1).total_seconds())
    assert sender(slack=Sink()).run() == []

"""Threads over delivery: order, dead letters, the fallback, and what may have arrived twice."""

import pytest

from deskpulse import outbox
from deskpulse.errors import DeliveryDeferred, DeliveryRejected
from deskpulse.outbox.thread import REPEAT
from deskpulse.untrusted import opened
from support.alerting import signal
from support.stores import rows


def gone():
    return DeliveryRejected("channel_not_found")


def test_an_update_is_never_sent_before_its_firing(both):
    both.team.faults.append(DeliveryDeferred("busy", retry_after=60))
    both(signal())
    both(signal(condition="clear"))
    assert both.team.got == []
    both.wait(seconds=60)
    both.send()
    assert both.team.kinds == ["firing", "resolved"]


def test_another_thread_does_not_wait_for_a_message_that_cannot_be_sent(bench):
    bench.team.faults.append(ValueError("a fault about t1 only"))
    bench(signal())
    bench(signal(), signal("t2"))
    assert [message.title for message in bench.team.messages] == ["Ticket t2 waits"]


def test_what_is_refused_goes_to_the_fallback_and_so_does_its_end(both):
    both.route(fallback=("boss",))
    both.team.faults.append(gone())
    both(signal())
    both.send()
    boss = both.channel("boss")
    assert boss.kinds == ["firing"]
    assert "could not be delivered to team: channel_not_found" in str(boss.messages[0].parts)
    both(signal(condition="clear"))
    both.send()
    assert boss.kinds == ["firing", "resolved"]
    assert boss.got[1][1].address == {"n": "1", "at": "boss"}
    assert both.team.got == []
    states = dict(rows(both.store, "SELECT kind, state FROM delivery WHERE notifier = 'team'"))
    assert states == {"firing": "dead", "resolved": "dropped"}


def test_the_update_of_a_dead_firing_is_a_firing(bench):
    bench.route(fallback=("boss",))
    bench.team.faults += [gone(), gone()]
    bench(signal())
    [alert] = bench.alerts()
    bench.do("acknowledge_alert", alert.id, "Ann")
    bench(signal())
    bench.send()
    assert bench.channel("boss").kinds == ["firing", "update"]
    bench.do("snooze_alert", alert.id, "Ann", bench.now())
    bench()
    bench.send()
    assert bench.team.kinds == ["firing"]  # the channel is back, and knew nothing of it
    bench(signal(condition="clear"))
    bench.send()
    assert bench.team.kinds == ["firing", "resolved"]
    assert bench.channel("boss").kinds[-1] == "resolved"


def test_without_a_fallback_the_end_of_what_never_arrived_is_dropped(bench):
    bench.team.faults.append(gone())
    bench(signal())
    bench(signal(condition="clear"))
    assert bench.team.got == []


def test_a_dead_letter_may_be_sent_again_or_laid_to_rest(both):
    both.team.faults += [gone(), gone()]
    both(signal(), signal("t2"))
    with both.store.writing() as connection:
        first, second = outbox.failed(connection)
        assert (first.title, first.error) == ("Ticket t1 waits", "channel_not_found")
        assert outbox.retry(connection, first.id[:8], both.now())
        assert outbox.dismiss(connection, second.id, both.now())
        assert not outbox.retry(connection, second.id, both.now())
        assert outbox.failed(connection) == []
    both.send()
    assert [message.title for message in both.team.messages] == ["Ticket t1 waits"]


@pytest.mark.parametrize("ambiguous", [True, False])
def test_what_may_have_arrived_says_so(bench, ambiguous):
    bench.team.faults.append(DeliveryDeferred("no answer", retry_after=1, ambiguous=ambiguous))
    bench(signal())
    bench.wait(seconds=5)
    bench.send()
    [message] = bench.team.messages
    assert (REPEAT in str(message.parts)) is ambiguous


def test_an_end_that_may_have_arrived_says_so_in_its_summary(bench):
    """A sink that answers in a thread tells no more of an end than its summary."""
    bench(signal())
    bench.team.faults.append(DeliveryDeferred("no answer", retry_after=1, ambiguous=True))
    bench(signal(condition="clear"))
    bench.wait(seconds=5)
    bench.send()
    message = bench.team.messages[-1]
    assert message.kind == "resolved"
    assert opened(message.summary).startswith(REPEAT)


def test_buttons_only_where_somebody_listens(bench):
    bench(signal())
    assert bench.team.messages[0].actions == ()

    class Listening(type(bench.team)):
        listens = True

    bench.channels["team"] = Listening("team")
    bench(signal("t2"))
    names = [action.name for action in bench.team.messages[0].actions]
    assert names == ["acknowledge", "snooze"]


def test_a_run_ends_when_it_is_told_to(bench):
    bench(*[signal(f"t{n}") for n in range(4)], send=False)
    sender = outbox.Sender(bench.store, bench.clock, bench.channel)
    send = bench.team.send

    def stops(message, previous=None):
        sender.stop.set()
        return send(message, previous)

    bench.team.send = stops
    assert [sent.state for sent in sender.run()] == ["sent"]
    sender.stop.clear()
    bench.team.send = send
    assert len(sender.run()) == 3

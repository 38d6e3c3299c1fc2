"""Waiting for a database that is away: how long, how often it is said, and what ends it."""

import signal
from threading import Event

import pytest

from deskpulse.app.waiting import until_it_answers
from deskpulse.errors import ConfigError, StoreError, StoreUnreachable
from support.small_desk import small_desk


class Clockless(Event):
    """Nobody waits; `waited` is how long somebody would have."""

    waited = 0.0

    def wait(self, timeout=None):
        self.waited += timeout
        return self.is_set()


def test_the_waits_double_up_to_a_minute():
    away = [StoreUnreachable("opening the store: refused")] * 9
    stop, said, spans, begun = Clockless(), [], [], [0.0]

    def work():
        spans.append(stop.waited - begun[0])
        begun[0] = stop.waited
        if away:
            raise away.pop()

    assert until_it_answers(work, stop, said.append)
    assert spans == pytest.approx([0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
    assert len(said) == 9
    assert said[0] == ("waiting for the database: opening the store: refused; trying again in 1 s")
    assert said[-1].endswith("in 60 s")


@pytest.mark.parametrize("problem", [ConfigError("no such zone"), StoreError("too old")])
def test_what_waiting_does_not_mend_is_told_at_once(problem):
    def work():
        raise problem

    with pytest.raises(type(problem)):
        until_it_answers(work, Clockless(), print)


def test_being_told_to_stop_ends_the_wait():
    stop = Event()

    def work():
        stop.set()
        raise StoreUnreachable("away")

    assert not until_it_answers(work, stop, lambda _: None)


def test_a_program_that_waits_for_its_database_can_be_stopped(tmp_path):
    desk = small_desk(tmp_path, store="postgresql://desk@127.0.0.1:1/deskpulse")
    with desk.start("run") as running:
        running.until_said("waiting for the database")
        running.send(signal.SIGTERM)
        done = running.end(15)
    assert done.code == 0
    assert any(line.endswith(" stopped") for line in done.err.splitlines())

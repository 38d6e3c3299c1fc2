import random

import pytest

from deskpulse.errors import SourceUnavailable
from deskpulse.http.retry import Again, Patience, persist
from support.clock import FakeClock

DOWN = SourceUnavailable("down")


def run(results, patience=None, seed=3):
    """Feed `results` to persist; gives the outcome, the number of tries and the waits."""
    clock = FakeClock()
    waits = []
    script = iter(results)
    tries = [0]

    def attempt():
        tries[0] += 1
        return next(script)

    outcome = persist(
        attempt,
        patience=patience or Patience(),
        clock=clock,
        pause=clock.sleep,
        random=random.Random(seed),
        before_wait=lambda _, seconds: waits.append(seconds),
    )
    assert clock.slept_s == pytest.approx(sum(waits))
    return outcome, tries[0], waits


def forever(again):
    while True:
        yield again


def test_five_tries_with_full_jitter():
    ceilings = [1, 2, 4, 8]
    seen = [run(forever(Again(DOWN)), seed=seed) for seed in range(200)]
    for outcome, tries, waits in seen:
        assert outcome.error is DOWN
        assert tries == 5
        assert all(0 <= wait <= top for wait, top in zip(waits, ceilings, strict=True))
    for i, top in enumerate(ceilings):
        drawn = [waits[i] for _, _, waits in seen]
        assert min(drawn) < top * 0.05
        assert max(drawn) > top * 0.95


def test_success_ends_it():
    assert run([Again(DOWN), Again(DOWN), "fine"])[:2] == ("fine", 3)


def test_a_wait_that_was_asked_for_is_kept_exactly_and_is_no_failure():
    outcome, tries, waits = run([*[Again(DOWN, asked_s=7)] * 8, "fine"])
    assert (outcome, tries, waits) == ("fine", 9, [7.0] * 8)


@pytest.mark.parametrize(("asked", "tries"), [(120, 2), (120.5, 1), (3_600, 1)])
def test_a_wait_of_more_than_two_minutes_is_not_sat_out(asked, tries):
    outcome, made, _ = run([Again(DOWN, asked_s=asked), "fine"])
    assert made == tries
    assert isinstance(outcome, Again) == (tries == 1)


def test_tiny_waits_that_are_asked_for_do_not_go_on_forever():
    assert run(forever(Again(DOWN, asked_s=0.001)))[1] == 20


def test_the_whole_takes_no_longer_than_ten_minutes():
    _, tries, waits = run(forever(Again(DOWN, asked_s=100)))
    assert (tries, sum(waits)) == (7, 600)


def test_a_least_wait_is_added_to():
    _, _, waits = run([Again(DOWN, least_s=10), Again(DOWN, least_s=10), "fine"])
    assert 10 <= waits[0] <= 11
    assert 10 <= waits[1] <= 12


def test_what_an_attempt_raises_goes_through():
    def attempt():
        raise DOWN

    with pytest.raises(SourceUnavailable):
        persist(
            attempt,
            patience=Patience(),
            clock=FakeClock(),
            pause=lambda _: None,
            random=random.Random(1),
            before_wait=lambda *_: None,
        )

"""Groups of alike word sets: against all pairs, and fast enough."""

import random
import time
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.alike import THRESHOLD, jaccard, leaders

WORDS = st.frozensets(st.sampled_from("abcdefgh"), max_size=8)


def words(text):
    return frozenset(text.split())


def test_jaccard_by_hand():
    assert jaccard(words("a b c"), words("a b c d")) == 0.75
    assert jaccard(words("a b"), words("a b c")) == pytest.approx(2 / 3)
    assert jaccard(words("a"), words("b")) == 0
    assert jaccard(frozenset(), frozenset()) == 0


def test_the_most_frequent_wording_leads():
    often, seldom, other = (
        words("reset my password"),
        words("reset my old password"),
        words("refund"),
    )
    assert leaders([seldom, often, often, other, frozenset()]) == {
        often: often, seldom: often, other: other,
    }  # fmt: skip


def test_there_are_no_chains():
    # each is 0.75 or more like its neighbour, the ends share 3 of 5
    chain = [words("a b c"), words("a b c d"), words("a b c d e")]
    found = leaders([*chain, chain[0], chain[0]])
    assert found[chain[1]] == chain[0]
    assert found[chain[2]] == chain[2]


def test_exactly_seven_tenths_is_alike():
    ten, seven = frozenset("abcdefghij"), frozenset("abcdefg")
    assert jaccard(ten, seven) == THRESHOLD
    assert len(set(leaders([ten, seven]).values())) == 1


def obvious(prints):
    """The same by comparing all with all."""
    from collections import Counter

    frequency = Counter(one for one in prints if one)
    ordered = sorted(frequency, key=lambda one: (-frequency[one], sorted(one)))
    found = {}
    for leader in ordered:
        if leader not in found:
            free = [one for one in ordered if one not in found]
            found |= {one: leader for one in free if jaccard(leader, one) >= THRESHOLD}
    return found


@given(st.lists(WORDS, max_size=40), st.randoms(use_true_random=False))
def test_it_equals_comparing_all_pairs_in_any_order(prints, dice):
    found = leaders(prints)
    assert found == obvious(prints)
    dice.shuffle(prints)
    assert leaders(prints) == found


def test_it_equals_comparing_all_pairs_of_long_subjects():
    dice = random.Random(4)
    base = [frozenset(dice.sample(range(60), dice.randint(8, 16))) for _ in range(40)]
    near = [frozenset(dice.sample(sorted(one), len(one) - dice.randint(0, 3))) for one in base * 12]
    prints = [frozenset(map(str, one)) for one in base + near]
    assert leaders(prints) == obvious(prints)


@given(st.lists(WORDS, max_size=20))
def test_an_unrelated_wording_changes_nothing(prints):
    stranger = words("quite something else entirely")
    assert leaders([*prints, stranger]) == leaders(prints) | {stranger: stranger}


@pytest.mark.parametrize(("number", "vocabulary"), [(100_000, 20_000), (30_000, 100)])
def test_a_hundred_thousand_wordings_take_seconds(number, vocabulary):
    dice = random.Random(1)
    names = [f"word{n}" for n in range(vocabulary)]
    # A language has few frequent words and many rare ones; the small vocabulary is the hard case
    weights = list(accumulate(1 / (n + 1) if vocabulary > 100 else 1 for n in range(vocabulary)))
    prints = [
        frozenset(dice.choices(names, cum_weights=weights, k=dice.randint(2, 6)))
        for _ in range(number)
    ]
    started = time.process_time()
    found = leaders(prints)
    assert len(found) == len(set(prints))
    assert time.process_time() - started < 15

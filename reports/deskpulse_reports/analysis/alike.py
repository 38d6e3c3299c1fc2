"""Groups of alike word sets: everything at Jaccard >= 0.7 with the most frequent wording.

A group is a leader and what is like it, not a chain: in a chain (a like b, b like c) the ends may
have nothing in common. The most frequent wording leads first, so the order of arrival is irrelevant
and every member can be explained by its leader.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from math import ceil

Words = frozenset[str]
THRESHOLD = 0.7
SHARED = 3
"""Different sets at 0.7 have three words in common at least: 3 of 4 is 0.75, 2 of 3 only 0.67."""


def jaccard(one: Words, other: Words) -> float:
    """Words in both over words in either, 0..1; 0 for two empty sets."""
    shared = len(one & other)
    either = len(one) + len(other) - shared
    return shared / either if either else 0.0


def leaders(prints: Iterable[Words]) -> dict[Words, Words]:
    """Each distinct word set -> the leader of its group; empty sets are left out.

    Wordings are taken by frequency, ties by their words; one that no leader has yet leads, and
    takes all free ones that are alike. Depends only on how often each wording occurs.
    """
    frequency = Counter(words for words in prints if words)
    ordered = sorted(frequency, key=lambda words: (-frequency[words], sorted(words)))
    index = _Index(ordered)
    found: dict[Words, Words] = {}
    for leader in ordered:
        if leader not in found:
            found[leader] = leader
            found.update(dict.fromkeys(index.alike(leader, found), leader))
    return found


class _Index:
    """Finds the sets alike to one without comparing it with all.

    Two sets with o words in common have k of them among the first |x| - o + k of each, whatever the
    common order of words (the prefix filter of set similarity joins). o is at least 0.7 |x|, and k
    is 3 here: sets are filed under the triples of their first words, rare words first, so that even
    thousands of sets from few words share short lists.
    """

    def __init__(self, sets: list[Words]) -> None:
        occurrences = Counter(word for words in sets for word in words)
        rare_first = sorted(occurrences, key=lambda word: (occurrences[word], word))
        self._rank = {word: n for n, word in enumerate(rare_first)}
        self._lists: dict[int, list[Words]] = defaultdict(list)
        for words in sets:
            for triple in self._triples(words):
                self._lists[triple].append(words)

    def alike(self, words: Words, taken: dict[Words, Words]) -> set[Words]:
        """The sets at the threshold or above that are not taken yet."""
        found: set[Words] = set()
        for triple in self._triples(words):
            # The taken ones are needed no more: lists get shorter as groups are found
            free = self._lists[triple] = [one for one in self._lists[triple] if one not in taken]
            found.update(one for one in free if jaccard(words, one) >= THRESHOLD)
        return found

    def _triples(self, words: Words) -> Iterator[int]:
        ranks = sorted(self._rank[word] for word in words)
        # A hair less, because 0.7 x 10 must not become 8 for want of a bit
        first = len(ranks) - ceil(THRESHOLD * len(ranks) - 1e-9) + SHARED
        many = len(self._rank)
        for a, b, c in combinations(ranks[:first], SHARED):
            yield (a * many + b) * many + c

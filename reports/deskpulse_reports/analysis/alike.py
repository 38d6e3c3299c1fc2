"""Groups of alike word sets: everything at Jaccard >= 0.7 with the most frequent wording.

A group is a leader and what is like it, not a chain: in a chain (a like b, b like c) the ends may
have nothing in common. The most frequent wording leads first, so the order of arrival is irrelevant
and every member can be explained by its leader.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import ceil

Words = frozenset[str]
THRESHOLD = 0.7


def jaccard(one: Words, other: Words) -> float:
    """Words in both over words in either, 0..1; 0 for two empty sets."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def leaders(prints: Iterable[Words], threshold: float = THRESHOLD) -> dict[Words, Words]:
    """Each distinct word set -> the leader of its group; empty sets are left out.

    Wordings are taken by frequency, ties by their words; one that no leader has yet leads, and
    takes all free ones that are alike. Depends only on how often each wording occurs.
    """
    frequency = Counter(words for words in prints if words)
    ordered = sorted(frequency, key=lambda words: (-frequency[words], sorted(words)))
    index = _Index(ordered, threshold)
    found: dict[Words, Words] = {}
    for leader in ordered:
        if leader in found:
            continue
        found[leader] = leader
        index.remove(leader)
        for member in list(index.alike(leader)):
            found[member] = leader
            index.remove(member)
    return found


class _Index:
    """Finds the sets alike to one without comparing it with all.

    Two sets that share at least o words share one of the first |x| - o + 1 of each, whatever the
    common order of words (prefix filter, Chaudhuri, Ganti and Kaushik 2006). With rare words first
    these lists are short. They are kept by size, because the o of a pair depends on both sizes:
    sets of five or fewer words, for example, are alike only where one holds the other.
    """

    def __init__(self, sets: list[Words], threshold: float) -> None:
        self._threshold = threshold
        occurrences = Counter(word for words in sets for word in words)
        rank = {
            word: n for n, word in enumerate(sorted(occurrences, key=lambda w: (occurrences[w], w)))
        }
        self._ordered = {words: sorted(rank[word] for word in words) for words in sets}
        self._sizes = sorted({len(words) for words in sets})
        self._lists: Mapping[tuple[int, int], dict[Words, int]] = defaultdict(dict)
        for words, ranks in self._ordered.items():
            for position, word in enumerate(ranks[: self._reach(len(ranks))]):
                self._lists[len(ranks), word][words] = position

    def remove(self, words: Words) -> None:
        ranks = self._ordered[words]
        for word in ranks[: self._reach(len(ranks))]:
            del self._lists[len(ranks), word][words]

    def alike(self, words: Words) -> Iterator[Words]:
        """Sets still in the index at the threshold or above."""
        ranks = self._ordered[words]
        n = len(ranks)
        for size in self._sizes:
            shared = self._shared(n, size)
            if shared > min(n, size) or (size == n and shared == n):
                continue
            seen: set[Words] = set()
            for word in ranks[: n - shared + 1]:
                for other, position in self._lists.get((size, word), {}).items():
                    if position <= size - shared and other not in seen:
                        seen.add(other)
                        if len(words & other) >= shared:
                            yield other

    def _shared(self, n: int, size: int) -> int:
        """How many words sets of these sizes have in common at least to be alike."""
        # A hair less, because 0.7 / 1.7 * 17 must not become 8 for want of a bit
        return ceil(self._threshold / (1 + self._threshold) * (n + size) - 1e-9)

    def _reach(self, n: int) -> int:
        """How many of a set's first words any alike set may be found by."""
        return n - ceil(self._threshold * n - 1e-9) + 1

"""Finding all mails of a conversation, in every folder.

By an index of the whole mailbox where all of it is read anyway; by SEARCH for the conversation of a
single new mail. Both follow message ids only: Message-ID, References, In-Reply-To.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from deskpulse_connectors.imap.answers import quoted_id
from deskpulse_connectors.imap.config import ImapConfig
from deskpulse_connectors.imap.mail import Stored
from deskpulse_connectors.imap.place import Key
from deskpulse_connectors.imap.wire import Wire
from deskpulse_connectors.mail.letter import FIELDS

_LINKS = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID REFERENCES IN-REPLY-TO)]"
_WHOLE = "BODY.PEEK[]<0.262144>"
"""Of a mail with its text the first 256 kB: the text comes before attachments."""
_ROUNDS = 4
_TERMS = 15
"""Ids in one SEARCH: servers refuse long lines."""
_PORTION = 50_000
"""UIDs in one SEARCH: the standard library reads lines of a million bytes at most."""
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class Shelves:
    """The folders of one mailbox."""

    wire: Wire
    config: ImapConfig

    def index(self) -> list[list[Key]]:
        """Every conversation as the places of its mails, in the order of their first ones.

        Takes about 200 bytes a mail: ids are kept as hashes, and only while this runs.
        """
        chains = Chains()
        for folder in self.config.every_folder:
            uids = self.uids(folder, 1, self.wire.state(folder).next)
            for found in self.wire.fetch(folder, uids, _LINKS):
                chains.add((folder, found.uid), Stored(folder, sent=False, found=found).ids)
        order = {folder: number for number, folder in enumerate(self.config.every_folder)}
        return chains.groups(order)

    def around(self, key: Key) -> list[Stored]:
        """Every mail of the conversation of this one."""
        found = {(each.folder, each.found.uid): each for each in self.get([key])}
        asked: set[str] = set()
        for _ in range(_ROUNDS):
            ids = {ident for each in found.values() for ident in _telling(each.ids)} - asked
            if not ids:
                break
            asked |= ids
            places = {place for place in self._naming(sorted(ids)) if place not in found}
            found |= {(each.folder, each.found.uid): each for each in self.get(sorted(places))}
        return list(found.values())

    def get(self, keys: Sequence[Key]) -> list[Stored]:
        """These mails; those that are gone are left out."""
        what = _WHOLE if self.config.bodies else f"BODY.PEEK[HEADER.FIELDS ({' '.join(FIELDS)})]"
        by_folder: dict[str, list[int]] = {}
        for folder, uid in keys:
            by_folder.setdefault(folder, []).append(uid)
        return [
            Stored(folder, folder in self.config.sent, each)
            for folder, uids in by_folder.items()
            for each in self.wire.fetch(folder, uids, what)
        ]

    def uids(self, folder: str, first: int, after: int) -> list[int]:
        """What is to be read of `first` <= UID < `after`, in portions: an answer is one line."""
        found: list[int] = []
        for begin in range(first, after, _PORTION):
            end = min(begin + _PORTION, after) - 1
            found += self.wire.search(folder, f"UID {begin}:{end}", *self._since())
        return found

    def _since(self) -> list[str]:
        start = self.config.start
        return ["ALL"] if start is None else ["SINCE", day(start)]

    def _naming(self, ids: list[str]) -> Iterator[Key]:
        usable = [text for text in map(quoted_id, ids) if text is not None]
        for start in range(0, len(usable), _TERMS):
            terms = [
                f"HEADER {field} {ident}"
                for ident in usable[start : start + _TERMS]
                for field in ("Message-ID", "References", "In-Reply-To")
            ]
            for folder in self.config.every_folder:
                for uid in self.wire.search(folder, any_of(terms), *self._since()):
                    yield folder, uid


class Chains:
    """Puts places together that share an id, however far apart they are."""

    def __init__(self) -> None:
        self._places: list[Key] = []
        self._leader: list[int] = []
        self._named: dict[int, int] = {}

    def add(self, place: Key, ids: Iterable[str]) -> None:
        """One more mail."""
        here = len(self._places)
        self._places.append(place)
        self._leader.append(here)
        for ident in map(hash, ids):
            there = self._named.setdefault(ident, here)
            first, second = sorted((self._lead(here), self._lead(there)))
            self._leader[second] = first

    def groups(self, order: dict[str, int]) -> list[list[Key]]:
        """The places of each conversation, in the order of their first ones."""
        found: dict[int, list[Key]] = {}
        for number, place in enumerate(self._places):
            found.setdefault(self._lead(number), []).append(place)
        return sorted(found.values(), key=lambda keys: (order[keys[0][0]], keys[0][1]))

    def _lead(self, number: int) -> int:
        while self._leader[number] != number:
            self._leader[number] = self._leader[self._leader[number]]
            number = self._leader[number]
        return number


def any_of(terms: Sequence[str]) -> str:
    """One search that meets any of them: OR takes two at a time."""
    found = terms[-1]
    for term in reversed(terms[:-1]):
        found = f"OR {term} {found}"
    return found


def day(value: date) -> str:
    """A date as SEARCH has it, whatever the locale: `5-Jan-2026`."""
    return f"{value.day}-{_MONTHS[value.month - 1]}-{value.year}"


def _telling(ids: list[str]) -> list[str]:
    """Of a mail's ids its own, the root and the nearest parents: the rest names them, too."""
    return ids if len(ids) <= 6 else [*ids[:2], *ids[-4:]]

"""Which letters belong together.

A letter joins the conversation of what it answers (References, In-Reply-To). Without a known
parent it joins one only if its subject calls itself an answer ("Re:") to that conversation's
subject, and somebody outside the team takes part in both. The subject alone proves nothing: forms
and monitors send the same one to everybody.

A letter is placed by those before it alone, so a later one never moves it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from deskpulse_connectors.mail.letter import Letter
from deskpulse_connectors.mail.ours import Ours


@dataclass(slots=True)
class Conversation:
    """Letters in the order of sending; never empty once it was given out."""

    letters: list[Letter] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)

    @property
    def root(self) -> str:
        """What the first letter descends from by its own words, else its own id.

        It is the same whether or not the letters before it can be seen.
        """
        first = self.letters[0]
        return first.references[0] if first.references else first.message_id or first.id


def conversations(letters: Iterable[Letter], ours: Ours) -> list[Conversation]:
    """The conversations in the order of their first letters. A repeated id counts once."""
    made: list[Conversation] = []
    known: dict[str, Conversation] = {}
    once = {letter.id: letter for letter in letters}
    for letter in sorted(once.values(), key=lambda each: (each.sent_at, each.id)):
        found = _answered(letter, known) or _named_alike(letter, made, ours)
        if found is None:
            found = Conversation()
            made.append(found)
        found.letters.append(letter)
        found.people |= _outside(letter, ours)
        found.topics.add(letter.topic)
        if letter.message_id is not None:
            known[letter.message_id] = found
        for parent in letter.references:
            known.setdefault(parent, found)
    return made


def _answered(letter: Letter, known: dict[str, Conversation]) -> Conversation | None:
    for parent in reversed(letter.references):
        if parent in known:
            return known[parent]
    # a copy of a mail that arrived twice
    return known.get(letter.message_id) if letter.message_id else None


def _named_alike(letter: Letter, made: list[Conversation], ours: Ours) -> Conversation | None:
    if letter.references or not letter.is_reply:
        return None
    people = _outside(letter, ours)
    for each in reversed(made):
        if letter.topic in each.topics and people & each.people:
            return each
    return None


def _outside(letter: Letter, ours: Ours) -> set[str]:
    named = [*letter.to, *([letter.author] if letter.author and not letter.ours else [])]
    return {each.email for each in named if not ours.holds(each)}

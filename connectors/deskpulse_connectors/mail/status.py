"""The status of a conversation through time, from its letters and labels alone.

    first letter         a customer's: new; the team's own: what `team` says (pending)
    customer writes      what `customer` says (open); still new if nobody answered yet
    team writes          what `team` says (pending)
    silence              what `silence` says (solved), `silence_days` after the team's letter
    label                its status, while the last letter carries it

Auto-replies, bounces, bulk mail and letters within the team change nothing. Every instant is that
of a letter or a fixed time after one, so it does not matter when or how often a mail is read; that
of a label is when it was first seen, since no mailbox keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from deskpulse.records.tickets import Status
from deskpulse_connectors.mail.letter import Letter
from deskpulse_connectors.mail.settings import StatusRules

UNLABELLED = "unlabelled"


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on the status is `status`. `letter` is the one behind it; `why` names the rule."""

    at: datetime
    status: Status
    letter: Letter
    why: str

    @property
    def observed(self) -> bool:
        """Whether its instant is that of a look, not of an event."""
        return self.why == UNLABELLED or self.why.startswith("label=")

    @property
    def id(self) -> str:
        """Its own and always the same, however often it is told."""
        return f"{self.letter.id}:{self.why}"


def steps(
    letters: Sequence[Letter], rules: StatusRules, *, now: datetime, seen_at: datetime | None
) -> list[Step]:
    """Every change of status up to `now`, the first one at the first letter.

    `seen_at`: when labels of this conversation were just seen to change; None: they did not, or
    nobody was there to see it, and a label counts from the last letter on.
    """
    found = list(_spoken(letters, rules, now))
    label, last = labelled(letters, rules), letters[-1]
    if label is not None:
        if found[-1].why == "silence":
            found.pop()  # the label speaks for the time after the last letter
        if found[-1].status != label:
            at = max(found[-1].at, last.sent_at, seen_at or last.sent_at)
            found.append(Step(at, label, last, f"label={label}"))
    elif seen_at is not None:
        found.append(Step(max(seen_at, found[-1].at), found[-1].status, last, UNLABELLED))
    return found


def labelled(letters: Sequence[Letter], rules: StatusRules) -> Status | None:
    """What the labels of the last letter say; of several the first in the rules counts."""
    carried = {each.lower() for each in letters[-1].labels}
    return next((status for name, status in rules.labels.items() if name.lower() in carried), None)


def _spoken(letters: Sequence[Letter], rules: StatusRules, now: datetime) -> Iterator[Step]:
    first = letters[0]
    state: Status = rules.team if first.ours and not first.internal else "new"
    yield Step(first.sent_at, state, first, "first")
    waiting = first if state == rules.team else None
    for letter in letters[1:]:
        if letter.kind != "person" or letter.internal:
            continue
        over = _over(waiting, rules, letter.sent_at)
        if over is not None:
            state = over.status
            yield over
        said = rules.team if letter.ours else "new" if state == "new" else rules.customer
        waiting = letter if letter.ours else None
        if said != state or rules.labels:  # a label may have said otherwise in between
            state = said
            yield Step(letter.sent_at, state, letter, "wrote")
    over = _over(waiting, rules, now)
    if over is not None:
        yield over


def _over(waiting: Letter | None, rules: StatusRules, until: datetime) -> Step | None:
    """The end by silence since the team's letter `waiting`, if it came before `until`."""
    if waiting is None or rules.patience is None or rules.silence == rules.team:
        return None
    end = waiting.sent_at + rules.patience
    return Step(end, rules.silence, waiting, "silence") if end <= until else None

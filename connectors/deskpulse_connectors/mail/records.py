"""A conversation as records: Ticket, Messages, Changes, and the people in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from deskpulse.records import Agent, Change, Customer, Message, Record, Ticket
from deskpulse_connectors.mail.addresses import Address
from deskpulse_connectors.mail.letter import Letter
from deskpulse_connectors.mail.settings import StatusRules
from deskpulse_connectors.mail.status import steps


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation on its way to records.

    `id`: of the ticket. `now`: up to when silence is known. `seen_at`: when its labels were just
    seen to change, if they were. `version`: rises with every change, if the source has one.
    """

    id: str
    letters: list[Letter]
    rules: StatusRules
    now: datetime
    seen_at: datetime | None = None
    url: str | None = None
    version: int | None = None
    tags: list[str] = field(default_factory=list)


def is_ticket(letters: list[Letter]) -> bool:
    """Whether a person wrote at all; newsletters, bounces and notices alone are no ticket."""
    return any(letter.kind == "person" for letter in letters)


def to_records(case: Case) -> Iterator[Record]:
    """Everything a conversation says. Pure: the same case gives the same records."""
    letters = case.letters
    requester = requester_of(letters)
    course = steps(letters, case.rules, now=case.now, seen_at=case.seen_at)
    assignments = list(_assignments(case))
    yield Ticket.read(
        {
            "id": case.id,
            "subject": letters[0].subject or None,
            "url": case.url,
            "status": course[-1].status,
            "channel": "email",
            "vendor_channel": "email",
            "tags": case.tags,
            "requester_id": requester.email if requester else None,
            "assignee_id": assignments[-1].new if assignments else None,
            "initiated_by": _beginner(letters[0]),
            "created_at": letters[0].sent_at,
            "updated_at": letters[-1].sent_at,
            "source_version": case.version,
        }
    )
    yield from _people(letters, requester)
    yield from (_message(case.id, letter) for letter in letters)
    before = None
    for seq, step in enumerate(course):
        by_letter = step.why in ("first", "wrote")
        yield Change.read(
            {
                "id": step.id,
                "ticket_id": case.id,
                "changed_at": step.at,
                "seq": seq,
                "actor_id": _author_id(step.letter) if by_letter else None,
                "actor_role": role_of(step.letter) if by_letter else "system",
                "field": "status",
                "old": before,
                "new": step.status,
                "observed": step.observed,
            }
        )
        before = step.status
    yield from assignments


def requester_of(letters: list[Letter]) -> Address | None:
    """Who asks: the first person outside the team who wrote, else the first one written to."""
    for letter in letters:
        if not letter.ours and letter.author is not None and letter.kind == "person":
            return letter.author
    first = letters[0]
    if first.ours:
        return next(iter(_outside(first)), None)
    return first.author


def role_of(letter: Letter) -> str:
    """Whose letter it is; bounces come from the mail system itself."""
    if letter.kind == "bounce":
        return "system"
    return "agent" if letter.ours else "customer"


def _outside(letter: Letter) -> list[Address]:
    return [] if letter.internal else list(letter.to)


def _beginner(first: Letter) -> str:
    if first.kind != "person":
        return "system"
    return "agent" if first.ours else "customer"


def _author_id(letter: Letter) -> str | None:
    return letter.author.email if letter.author else None


def _message(ticket_id: str, letter: Letter) -> Message:
    return Message.read(
        {
            "id": letter.id,
            "ticket_id": ticket_id,
            "sent_at": letter.sent_at,
            "author_id": _author_id(letter),
            "author_role": role_of(letter),
            "public": not letter.internal,
            "channel": "email",
            "auto": letter.kind != "person",
            "subject": letter.subject or None,
            "body": letter.body,
        }
    )


def _assignments(case: Case) -> Iterator[Change]:
    """Whoever of the team answers, has it."""
    holder = None
    for letter in case.letters:
        agent = _author_id(letter) if letter.ours and letter.kind == "person" else None
        if agent is not None and agent != holder and not letter.internal:
            yield Change.read(
                {
                    "id": f"{letter.id}:assignee",
                    "ticket_id": case.id,
                    "changed_at": letter.sent_at,
                    "actor_id": agent,
                    "actor_role": "agent",
                    "field": "assignee",
                    "old": holder,
                    "new": agent,
                }
            )
            holder = agent


def _people(letters: list[Letter], requester: Address | None) -> Iterator[Record]:
    """The requester and whoever wrote. Bounces and bulk mail come from nobody."""
    people: dict[str, tuple[Address, bool]] = {}
    for letter in letters:
        if letter.author is not None and (letter.kind == "person" or letter.ours):
            known = people.get(letter.author.email)
            if known is None or not known[0].name:
                people[letter.author.email] = (letter.author, letter.ours)
    if requester is not None and requester.email not in people:
        people[requester.email] = (requester, False)
    for each, ours in people.values():
        kind = Agent if ours else Customer
        yield kind.read({"id": each.email, "email": each.email, "name": each.name or None})

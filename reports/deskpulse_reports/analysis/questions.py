"""Questions that come again and again: candidates for a help article, and what they cost (WL11).

Nothing leaves the machine, and only subjects are read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deskpulse.untrusted import Text, Untrusted
from deskpulse_reports.analysis.alike import Words, leaders
from deskpulse_reports.analysis.quantile import measured
from deskpulse_reports.analysis.subject import fingerprint, is_automatic

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One ticket of the last 30 days. `handle_s` is the time spent on it, None if unknown."""

    ticket_id: str
    customer_id: str | None
    subject: str | None = None
    reason: str | None = None
    agent_replies: int = 0
    handle_s: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question asked by many.

    `title` is the reason, or the most frequent subject of the group. `share` (0..1) is of all
    tickets created. `handle_s` is summed over the `timed` tickets whose time is known; None for
    none. `samples` are (source, ticket id).
    """

    title: Text
    by: str
    tickets: int
    customers: int
    share: float
    agent_replies: int
    handle_s: float | None
    timed: int
    samples: tuple[tuple[str, str], ...]


def repeated(
    questions: Sequence[Question],
    *,
    created: int | None = None,
    customers: int = 5,
    share: float = 0.02,
) -> tuple[Candidate, ...]:
    """The groups with at least `customers` distinct customers and `share` of all created tickets.

    Tickets are grouped by reason where they have one, else by subject (`alike.leaders`). Bounces
    and out-of-office notes are left out. `created` counts the tickets of the 30 days; the default
    is the number of questions. Most tickets first.
    """
    total = len(questions) if created is None else created
    grouped = grouping(questions)
    found = []
    for (by, _), group in grouped.items():
        known = {(one.source, one.customer_id) for one in group if one.customer_id is not None}
        if len(known) >= customers and len(group) >= share * total:
            found.append(_candidate(by, group, len(known), total))
    return tuple(sorted(found, key=lambda one: (-one.tickets, -one.customers, one.samples)))


def grouping(
    questions: Iterable[Question],
) -> dict[tuple[str, str | Words], list[Question]]:
    """("reason", its name) or ("subject", the leader's words) -> tickets; automatic mail is out.

    Tickets without a reason and without a telling subject are in no group.
    """
    groups: dict[tuple[str, str | Words], list[Question]] = defaultdict(list)
    prints: list[tuple[Question, Words]] = []
    for one in questions:
        if one.subject and is_automatic(one.subject):
            continue
        if one.reason:
            groups["reason", one.reason].append(one)
        elif words := fingerprint(one.subject):
            prints.append((one, words))
    leader_of = leaders(words for _, words in prints)
    for one, words in prints:
        groups["subject", leader_of[words]].append(one)
    return groups


def _candidate(by: str, group: Sequence[Question], customers: int, total: int) -> Candidate:
    times = measured(one.handle_s for one in group)
    keys = sorted((one.source, one.ticket_id) for one in group)
    return Candidate(
        title=_title(by, group),
        by=by,
        tickets=len(group),
        customers=customers,
        share=len(group) / total,
        agent_replies=sum(one.agent_replies for one in group),
        handle_s=sum(times) if times else None,
        timed=len(times),
        samples=tuple(keys[:SAMPLES]),
    )


def _title(by: str, group: Sequence[Question]) -> Text:
    if by == "reason":
        return group[0].reason or ""
    subjects = Counter(one.subject or "" for one in group)
    return Untrusted(min(subjects, key=lambda subject: (-subjects[subject], subject)))

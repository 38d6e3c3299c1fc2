"""What happens in the inbox: customers write, the team answers, machines make noise."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from deskpulse_connectors.simulators.gmail.mailbox import Header, Mail, Mailbox
from deskpulse_connectors.simulators.town import address

SHARED = "support@acme.example"
ALIAS = "help@acme.example"
TEAM = {"anna@acme.example": "Anna Berg", "ben@acme.example": "Ben Kaya"}
TOPICS = ("Order has not arrived", "Cannot log in", "Refund", "Size exchange", "Invoice for March")
HOUR = 3600


@dataclass(slots=True)
class Talk:
    """One conversation as it really is: whose it is, and its letters in order."""

    customer: str
    name: str
    subject: str
    thread: str
    number: int
    said: list[tuple[int, str, str]] = field(default_factory=list)
    """(epoch seconds, who: customer, an address of the team, or noise; id of the mail)."""
    ids: list[str] = field(default_factory=list)
    done: bool = False


@dataclass(slots=True)
class Life:
    """Writes the letters. Repeatable: it depends only on the seed."""

    mailbox: Mailbox
    seed: int
    town: bool = False
    """Whether customers have the addresses of `simulators.town`."""
    talks: list[Talk] = field(default_factory=list)
    _dice: random.Random = field(init=False)
    _plan: list[tuple[int, int, Callable[[int], Any]]] = field(default_factory=list)
    _count: int = 0
    _planned: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 repeatable

    def plan(self, conversations: int, begin: int, end: int) -> None:
        """Lay out the arrivals between two instants, with all that follows each."""
        for _ in range(conversations):
            at = self._dice.randrange(begin, end)
            self._later(at, self.arrive)
            if self._dice.random() < 0.15:
                self._later(at + 7, self.noise)

    def until(self, now: int) -> None:
        """Let happen what is due, in its order."""
        while True:
            due = sorted((each for each in self._plan if each[0] <= now), key=lambda e: e[:2])
            if not due:
                return
            self._plan.remove(due[0])
            due[0][2](due[0][0])

    # --- what can happen --------------------------------------------------------------------

    def arrive(self, at: int) -> Talk:
        """A customer writes for the first time."""
        self._count += 1
        number = self._count
        name = f"Customer {number % 40}"
        email = address(number % 40 + 1) if self.town else f"c{number % 40}@mail.example"
        talk = Talk(email, name, self._dice.choice(TOPICS), "", number)
        self.talks.append(talk)
        self.customer(talk, at)
        if self._dice.random() < 0.9:
            self._follows(talk, at + self._dice.randrange(HOUR // 4, 30 * HOUR), self.answer)
        return talk

    def customer(self, talk: Talk, at: int) -> Mail:
        """The customer writes (again)."""
        headers = [("From", f"{talk.name} <{talk.customer}>"), ("To", SHARED)]
        return self._write(talk, at, headers, {"INBOX", "UNREAD"}, "customer")

    def answer(self, talk: Talk, at: int, agent: str = "") -> Mail:
        """Somebody of the team answers, from an address that the inbox sends as."""
        agent = agent or self._dice.choice(sorted(TEAM))
        headers = [("From", f"{TEAM[agent]} <{agent}>"), ("To", talk.customer)]
        mail = self._write(talk, at, headers, {"SENT"}, agent)
        if self._dice.random() < 0.2:
            self._follows(talk, at + 2, self.away)
        if self._dice.random() < 0.4:
            self._follows(talk, at + self._dice.randrange(HOUR, 9 * 24 * HOUR), self._again)
        return mail

    def away(self, talk: Talk, at: int) -> Mail:
        """The customer's machine answers that nobody is there."""
        headers = [
            ("From", f"{talk.name} <{talk.customer}>"),
            ("To", SHARED),
            ("Auto-Submitted", "auto-replied"),
            ("X-Autoreply", "yes"),
            ("Precedence", "bulk"),
        ]
        return self._write(talk, at, headers, {"INBOX"}, "noise")

    def noise(self, at: int) -> Mail:
        """A newsletter: no ticket."""
        headers = [
            ("From", "News <news@shop.example>"),
            ("To", SHARED),
            ("Subject", "Sale of the week"),
            ("Message-ID", f"<news{at}@shop.example>"),
            ("List-Unsubscribe", "<mailto:stop@shop.example>"),
        ]
        return self.mailbox.deliver(headers, at=at * 1000, labels={"INBOX"}, text="Buy!")

    # --- how ----------------------------------------------------------------------------------

    def _again(self, talk: Talk, at: int) -> None:
        self.customer(talk, at)
        self._follows(talk, at + self._dice.randrange(HOUR // 2, 20 * HOUR), self.answer)

    def _later(self, at: int, what: Callable[[int], Any]) -> None:
        self._planned += 1
        self._plan.append((at, self._planned, what))

    def _follows(self, talk: Talk, at: int, what: Callable[[Talk, int], Any]) -> None:
        """Later, if the thread is still there then."""
        self._later(at, lambda t: what(talk, t) if talk.thread in self.mailbox.threads else None)

    def _write(
        self, talk: Talk, at: int, headers: list[Header], labels: set[str], who: str
    ) -> Mail:
        ident = f"{talk.number}.{len(talk.ids)}@mail.example"
        subject = f"Re: {talk.subject}" if talk.ids else talk.subject
        fields = [
            *headers,
            ("Subject", subject),
            ("Date", format_datetime(datetime.fromtimestamp(at, UTC))),
            ("Message-ID", f"<{ident}>"),
        ]
        if talk.ids:
            fields.append(("references", " ".join(f"<{each}>" for each in talk.ids)))
            fields.append(("In-Reply-To", f"<{talk.ids[-1]}>"))
        text = f"Letter {len(talk.ids)} about {talk.subject}."
        mail = self.mailbox.deliver(
            fields, at=at * 1000, labels=labels, text=text, thread=talk.thread
        )
        talk.thread = mail.thread
        talk.ids.append(ident)
        talk.said.append((at, who, mail.id))
        return mail

"""One mail, read: who wrote to whom, when, in answer to what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from deskpulse_connectors.mail import automatic
from deskpulse_connectors.mail.addresses import Address, addresses
from deskpulse_connectors.mail.automatic import Kind, kind_of
from deskpulse_connectors.mail.headers import Headers
from deskpulse_connectors.mail.ours import Ours

_REPLY = re.compile(r"^\s*((re|aw|sv|antw|rv|r|vs|odp|res)(\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_NO_REPLY = re.compile(r"^(no|do-?not)[-_.]?reply", re.IGNORECASE)
_BEHIND = ("X-Original-Sender", "X-Original-From", "Reply-To")
"""Where the writer stands if the sender only passes on: group addresses, contact forms."""

FIELDS = (
    "From",
    "Sender",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "In-Reply-To",
    *_BEHIND,
    *automatic.USED,
)
"""Every header field that the rules look at."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`author` is a person of the team if `ours`. `references`: what it answers, nearest last."""

    id: str
    sent_at: datetime
    author: Address | None
    ours: bool
    to: tuple[Address, ...]
    subject: str
    message_id: str | None
    references: tuple[str, ...]
    kind: Kind
    labels: frozenset[str] = frozenset()
    body: str | None = None
    internal: bool = False
    """Written within the team: every recipient is ours."""

    @property
    def is_reply(self) -> bool:
        """Whether the subject calls itself an answer."""
        return _REPLY.match(self.subject) is not None

    @property
    def topic(self) -> str:
        """The subject without "Re:" and the like, to compare."""
        return " ".join(_REPLY.sub("", self.subject).lower().split())


def read_letter(
    headers: Headers,
    *,
    id: str,  # noqa: A002 it is what records call it
    sent_at: datetime,
    ours: Ours,
    sent: bool = False,
    labels: frozenset[str] = frozenset(),
    body: str | None = None,
) -> Letter:
    """Read a mail. `sent`: the mailbox itself sent it, whatever its From says."""
    sender = next(iter(addresses(headers.all("From"))), None)
    author, is_ours = _author(headers, sender, ours, sent=sent)
    to = addresses([*headers.all("To"), *headers.all("Cc")])
    own = headers.ids("Message-ID")
    parents = [*headers.ids("References"), *headers.ids("In-Reply-To")[:1]]
    return Letter(
        id=id,
        sent_at=sent_at,
        author=author,
        ours=is_ours,
        to=to,
        subject=headers.text("Subject"),
        message_id=own[0] if own else None,
        # a parent that is named again as the nearest one moves to the end
        references=tuple(reversed(dict.fromkeys(reversed(parents)))),
        kind=kind_of(headers, sender, ours),
        labels=labels,
        body=body,
        internal=is_ours and bool(to) and all(ours.holds(each) for each in to),
    )


def _author(
    headers: Headers, sender: Address | None, ours: Ours, *, sent: bool
) -> tuple[Address | None, bool]:
    """Who wrote, and whether that is one of the team."""
    if sender is None:
        return None, sent
    if sent:
        return _agent(headers, sender, ours), True
    own = ours.holds(sender)
    if own or _NO_REPLY.match(sender.local):
        for field in _BEHIND:
            for behind in addresses(headers.all(field)):
                if not ours.holds(behind) and behind.email != sender.email:
                    return Address(behind.email, behind.name or _via(sender.name)), False
    return (_agent(headers, sender, ours), True) if own else (sender, False)


def _agent(headers: Headers, sender: Address, ours: Ours) -> Address:
    return ours.agent(sender, addresses(headers.all("Sender")))


def _via(name: str) -> str:
    """The name of whoever wrote through a group: "'Jane Doe' via Support"."""
    return re.sub(r"\s+via\s+.*$", "", name).strip(" '\"")

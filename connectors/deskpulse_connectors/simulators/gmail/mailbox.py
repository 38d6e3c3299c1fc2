"""The state of the mailbox: messages, threads, labels, and the history of changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Header = tuple[str, str]
FIRST_ID = 0x18C000000000000
FIRST_HISTORY = 9_007_199_254_740_993
"""Beyond 2**53: a client that reads it as a float loses it."""

SYSTEM = ("INBOX", "SENT", "DRAFT", "SPAM", "TRASH", "UNREAD", "STARRED", "IMPORTANT", "CHAT")


@dataclass(slots=True)
class Mail:
    """One stored message. `at`: epoch milliseconds of its arrival."""

    id: str
    thread: str
    at: int
    headers: list[Header]
    labels: set[str]
    text: str
    history: int


@dataclass(slots=True)
class Mailbox:
    """Everything that the owner has."""

    address: str
    mails: dict[str, Mail] = field(default_factory=dict)
    threads: dict[str, list[str]] = field(default_factory=dict)
    history: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=lambda: {name: name for name in SYSTEM})
    last: int = FIRST_HISTORY
    forgotten: int = FIRST_HISTORY
    """The last id of the history that is no longer known."""
    _next: int = FIRST_ID

    def deliver(
        self,
        headers: Sequence[Header],
        *,
        at: int,
        labels: Iterable[str],
        text: str,
        thread: str = "",
    ) -> Mail:
        """A mail arrives (or is sent), in `thread` or in one of its own."""
        self._next += 0x1001
        ident = f"{self._next:x}"
        mail = Mail(ident, thread or ident, at, list(headers), set(labels), text, 0)
        self.mails[ident] = mail
        self.threads.setdefault(mail.thread, []).append(ident)
        self._note(mail, "messagesAdded", {})
        return mail

    def label(
        self, ids: Iterable[str], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> None:
        """Put labels on messages, or take them off."""
        for ident in ids:
            mail = self.mails[ident]
            plus, minus = sorted(set(add) - mail.labels), sorted(set(remove) & mail.labels)
            mail.labels |= set(plus)
            mail.labels -= set(minus)
            if plus:
                self._note(mail, "labelsAdded", {"labelIds": plus})
            if minus:
                self._note(mail, "labelsRemoved", {"labelIds": minus})

    def delete(self, ident: str) -> None:
        """Delete a message for good."""
        mail = self.mails.pop(ident)
        self.threads[mail.thread].remove(ident)
        if not self.threads[mail.thread]:
            del self.threads[mail.thread]
        self._note(mail, "messagesDeleted", {})

    def forget(self) -> None:
        """Forget the history up to now: a client that was away for long has lost its place."""
        self.history.clear()
        self.last += 1
        self.forgotten = self.last

    def mails_of(self, thread: str) -> list[Mail]:
        """The messages of a thread, oldest first."""
        return sorted((self.mails[i] for i in self.threads[thread]), key=lambda m: (m.at, m.id))

    def _note(self, mail: Mail, event: str, more: dict[str, Any]) -> None:
        self.last += 7  # ids rise, but not by one
        mail.history = self.last
        short = {"id": mail.id, "threadId": mail.thread}
        told = {**short, "labelIds": sorted(mail.labels)}
        record = {
            "id": str(self.last),
            "messages": [short],
            event: [{"message": told, **more}],
        }
        self.history.append((self.last, record))

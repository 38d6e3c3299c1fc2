"""The connector: its streams, each over a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from types import MappingProxyType

from deskpulse.connector import Connector, Page, Stream
from deskpulse_connectors.imap.cases import read_mails
from deskpulse_connectors.imap.config import ImapConfig
from deskpulse_connectors.imap.reading import Reading
from deskpulse_connectors.imap.shelves import Shelves
from deskpulse_connectors.imap.silences import silences
from deskpulse_connectors.imap.wire import Wire
from deskpulse_connectors.mail.ours import Ours
from deskpulse_connectors.mail.streams import mail_streams


class Imap(Connector):
    """Any mailbox as a helpdesk: conversations as tickets, who answered, since when."""

    name = "imap"
    exempt = MappingProxyType(
        {
            "contract": "The contract plays HTTP answers; tests/imap asks a real Dovecot instead.",
            "resume": "Tests on a real Dovecot resume from every page; UIDs are no instants.",
            "tape": "A tape holds HTTP answers; the tests start a real Dovecot.",
            "reading": "IMAP is not HTTP: its own wire opens folders by EXAMINE, fetches by PEEK.",
        }
    )
    config: ImapConfig

    class Config(ImapConfig):
        """Settings of `[sources.X]` with `use = "imap"`."""

    def warnings(self) -> list[str]:
        """What the operator should know about these settings."""
        if self.config.security == "none":
            return ['security = "none": the password goes unencrypted to this machine.']
        return []

    def streams(self) -> list[Stream]:
        """The conversations; and what has become of those about which nobody writes any more."""
        folders = frozenset(self.config.every_folder)
        parse = partial(read_mails, rules=self.config.status, folders=folders)
        patient = self.config.status.patience is not None
        return mail_streams(self.conversations, self.silences, parse, patient=patient)

    def conversations(self, cursor: str | None) -> Iterator[Page]:
        """The whole mailbox once, then conversations with new mail."""
        yield from self._reading(lambda reading: reading.pages(cursor))

    def silences(self, cursor: str | None) -> Iterator[Page]:
        """Conversations whose last letter of the team is now old enough."""
        yield from self._reading(lambda reading: silences(reading, cursor))

    def _reading(self, pages: Callable[[Reading], Iterator[Page]]) -> Iterator[Page]:
        user = [self.config.user] if "@" in self.config.user else []
        ours = Ours.of(self.config, user)
        with Wire(self.config) as wire:
            yield from pages(Reading(Shelves(wire, self.config), ours, self.clock))

"""The connector: its streams, how it signs in, and the vendor's budgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import quote

from deskpulse.connector import Connector, Page, Stream
from deskpulse.errors import AuthRejected
from deskpulse.http.answer import Answer
from deskpulse.http.auth import Auth, bearer
from deskpulse.http.budget import Budget
from deskpulse.http.oauth import OAuth
from deskpulse.http.verdict import Said
from deskpulse_connectors.gmail.config import GmailConfig
from deskpulse_connectors.gmail.mailbox import AT_ONCE, Mailbox
from deskpulse_connectors.gmail.reading import Reading
from deskpulse_connectors.gmail.refusals import SCOPE, meaning
from deskpulse_connectors.gmail.service_account import ServiceAccount
from deskpulse_connectors.gmail.silences import silences
from deskpulse_connectors.gmail.threads import read_thread
from deskpulse_connectors.mail.streams import mail_streams

_RENEW = (
    "Get a new refresh token from the owner of the inbox. Google ends them when the password"
    " changes, after six months without use, and after seven days while the consent screen of the"
    " app is in Testing."
)


class Gmail(Connector):
    """A shared Gmail inbox as a helpdesk: conversations as tickets, who answered, since when."""

    name = "gmail"
    Config = GmailConfig
    config: GmailConfig

    @classmethod
    def base_url(cls, config: GmailConfig) -> str:
        """The mailbox's address; Google counts requests by mailbox, and so do we."""
        return f"{config.url.rstrip('/')}/gmail/v1/users/{quote(config.mailbox, safe='@')}"

    @classmethod
    def auth_for(cls, config: GmailConfig) -> Auth:
        """A refresh token, or a service account in place of the owner; a ready token goes first."""
        if config.method == "access_token":
            return bearer("access_token")
        if config.method == "service_account":
            return ServiceAccount(SCOPE)
        return OAuth(config.token_url, grant="refresh_token")

    @classmethod
    def meaning(cls, answer: Answer) -> Said | None:
        """Google limits with 403 and names the reason in the body."""
        return meaning(answer)

    @classmethod
    def budgets(cls, config: GmailConfig) -> Sequence[Budget]:
        """Quota units of the mailbox in a minute, and how many requests at a time."""
        return (Budget("", config.units_per_minute, parallel=AT_ONCE),)

    def streams(self) -> list[Stream]:
        """The conversations; and what has become of those about which nobody writes any more."""
        account = "0" if self.config.mailbox == "me" else self.config.mailbox
        parse = partial(read_thread, rules=self.config.status, account=account)
        patient = self.config.status.patience is not None
        return mail_streams(self.conversations, self.silences, parse, patient=patient)

    def conversations(self, cursor: str | None) -> Iterator[Page]:
        """All threads once, then those that changed."""
        yield from self._told(Reading(self._mailbox(), self.clock).pages(cursor))

    def silences(self, cursor: str | None) -> Iterator[Page]:
        """Threads whose last letter of the team is now old enough."""
        yield from self._told(silences(self._mailbox(), self.clock, cursor))

    def _mailbox(self) -> Mailbox:
        return Mailbox(self.http, self.config)

    def _told(self, pages: Iterator[Page]) -> Iterator[Page]:
        """The pages; a dead refresh token is explained in the operator's words."""
        try:
            yield from pages
        except AuthRejected as problem:
            if self.config.method == "refresh_token" and "invalid_grant" in problem.message:
                raise AuthRejected(problem.message, hint=_RENEW, status=problem.status) from None
            raise

"""Send a mail to the configured recipients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from deskpulse.clock import Clock, SystemClock
from deskpulse.errors import DeliveryDeferred
from deskpulse.message import Message
from deskpulse.notifier import Notifier, Receipt
from deskpulse_notifiers.email.addresses import address_of, domain_of
from deskpulse_notifiers.email.config import EmailConfig
from deskpulse_notifiers.email.headers import headers_of, message_id
from deskpulse_notifiers.email.mime import Mail, mail_of
from deskpulse_notifiers.email.pictures import Painting, pictures_of
from deskpulse_notifiers.email.smtp import Reply, deliver, session
from deskpulse_notifiers.paint import NotPainted, installed, painted
from deskpulse_notifiers.words import local_time


class Email(Notifier):
    """One mail for all recipients, text and HTML. Mails about the same alert form one thread.

    People whom a route calls receive it, too, and all that follows in the thread.
    """

    name: ClassVar[str] = "email"
    sends_key = True
    person: ClassVar[str] = "a mail address (ann@example.com)"

    class Config(EmailConfig):
        """Settings of an `email` notifier."""

    config: EmailConfig

    def __init__(
        self, config: EmailConfig, clock: Clock | None = None, paint: Painting = painted
    ) -> None:
        super().__init__(config)
        self._clock = clock or SystemClock()
        self._paint = paint

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Hand it to the server; with `previous`, as an answer to that mail.

        A recipient who is refused for good is named in the receipt's note; one who may be accepted
        later defers the message, with `progress`, so that only they get it again.
        """
        address = previous.address if previous else {}
        resumed = bool(message.id) and address.get("message") == message.id
        answers = address.get("answers" if resumed else "message_id", "")
        called = self._called(message, address)
        recipients = self._recipients(called, address["pending"] if resumed else "")
        now = self._clock.now()
        day = self._day(message, now)
        if not resumed and address.get("day", "") != day:
            answers = ""  # that mail stands in another day's thread
        identity = message_id(message, now, domain_of(self.config.sender))
        if not recipients:
            return Receipt({"message_id": identity}, "the remaining recipients are gone")
        mail, unpainted = self._mail(message, now, answers, called)
        refused = deliver(self.config, recipients, mail.as_bytes())
        receipt = {"message_id": identity} | ({"day": day} if day else {})
        receipt |= {"called": " ".join(called)} if called else {}
        later = [name for name, (code, _) in refused.items() if code < 500]  # 4xx: maybe later
        if later:
            progress = {"message": message.id, "pending": " ".join(later), "answers": answers}
            raise DeliveryDeferred(
                f"{len(later)} of {len(recipients)} recipients are not accepted yet: "
                + _replies(refused),
                progress=Receipt(receipt | progress) if message.id else None,
            )
        notes = (_note(refused, len(recipients)), unpainted)
        return Receipt(receipt, "; ".join(filter(None, notes)))

    def knows(self, person: str) -> bool:
        """Whoever has a mail address can be written to."""
        try:
            address_of(person)
        except ValueError:
            return False
        return True

    def check(self) -> str:
        """Connect, encrypt, sign in; nothing is sent."""
        with session(self.config) as smtp:
            smtp.noop()
        server = f"{self.config.host}:{self.config.port} ({self.config.security})"
        who = f"signed in as {self.config.username}" if self.config.username else "no sign-in"
        return f"{server}, {who}, recipients: {len(self.config.recipients)}"

    def preview(self, message: Message) -> str:
        """The headers, the text part and the HTML part, decoded."""
        mail, _ = self._mail(message, self._clock.now(), called=self._called(message, {}))
        lines = (f"{name}: {value}" for name, value in mail.headers)
        return "\n".join([*lines, "", mail.text, "--- HTML ---", mail.html])

    def _mail(
        self, message: Message, now: datetime, answers: str = "", called: Sequence[str] = ()
    ) -> tuple[Mail, str]:
        """The mail, and why it has no pictures where it should."""
        day = self._day(message, now)
        headers = headers_of(message, self.config, now, answers, day=day, called=called)
        if not self.config.charts or (self._paint is painted and not installed()):
            return mail_of(message, headers), ""
        try:
            return mail_of(message, headers, pictures_of(message, self._paint)), ""
        except NotPainted as reason:
            return mail_of(message, headers), f"without pictures: {reason}"

    def _day(self, message: Message, now: datetime) -> str:
        return local_time(now, message.zone)[:10] if self.config.thread == "day" else ""

    def _called(self, message: Message, address: Mapping[str, str]) -> list[str]:
        """Whom this message or an earlier one of its thread calls, beside the recipients."""
        known = {address_of(recipient)[1].lower() for recipient in self.config.recipients}
        named = [address_of(person)[1] for person in message.mentions if self.knows(person)]
        both = dict.fromkeys([*address.get("called", "").split(), *named])
        return [person for person in both if person.lower() not in known]

    def _recipients(self, called: Sequence[str], pending: str) -> Sequence[str]:
        every = [*(address_of(recipient)[1] for recipient in self.config.recipients), *called]
        waiting = pending.split()
        return [address for address in every if address in waiting] if waiting else every


def _note(refused: dict[str, Reply], of: int) -> str:
    if not refused:
        return ""
    return f"{len(refused)} of {of} recipients refused for good: {_replies(refused)}"


def _replies(refused: dict[str, Reply]) -> str:
    return ", ".join(f"{name} ({code})" for name, (code, _) in sorted(refused.items()))

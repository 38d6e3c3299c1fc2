"""A message as the bytes of a mail: headers, then text and HTML as alternatives. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from deskpulse.message import Message
from deskpulse_notifiers.email.headers import Headers, as_bytes
from deskpulse_notifiers.email.html import html_of
from deskpulse_notifiers.plain import text_of


@dataclass(frozen=True, slots=True)
class Mail:
    """The parts of a mail before they are encoded."""

    headers: Headers
    text: str
    html: str

    def as_bytes(self) -> bytes:
        """As it goes to the server: CRLF, seven bits."""
        body = EmailMessage(policy=SMTP)
        body.set_content(self.text, cte="quoted-printable")
        body.add_alternative(self.html, subtype="html", cte="quoted-printable")
        # The boundary follows from the content, so that the same message is the same bytes.
        digest = hashlib.sha256(f"{self.text}\0{self.html}".encode()).hexdigest()
        body.set_boundary(f"=_{digest[:32]}")
        return as_bytes(self.headers) + body.as_bytes()


def mail_of(message: Message, headers: Headers) -> Mail:
    """The mail for a message; its text part holds at most 100 lines of each list."""
    return Mail(headers, text_of(message), html_of(message))

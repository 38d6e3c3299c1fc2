"""A message as the bytes of a mail: headers, then text and HTML as alternatives. Pure.

Pictures belong to the HTML, so they stand beside it and not beside the text (RFC 2387).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from types import MappingProxyType

from deskpulse.message import Message
from deskpulse_notifiers.email.headers import Headers, as_bytes
from deskpulse_notifiers.email.html import html_of
from deskpulse_notifiers.email.pictures import Picture, Pictures
from deskpulse_notifiers.plain import text_of

NONE: Mapping[int, Picture] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mail:
    """The parts of a mail before they are encoded."""

    headers: Headers
    text: str
    html: str
    pictures: tuple[Picture, ...] = ()

    def as_bytes(self) -> bytes:
        """As it goes to the server: CRLF, seven bits."""
        body = EmailMessage(policy=SMTP)
        body.set_content(self.text, cte="quoted-printable")
        body.add_alternative(self.html, subtype="html", cte="quoted-printable")
        # The boundaries follow from the content, so that the same message is the same bytes.
        seed = "\0".join((self.text, self.html, *(picture.cid for picture in self.pictures)))
        digest = hashlib.sha256(seed.encode()).hexdigest()
        if self.pictures:
            html = body.get_body(("html",))
            assert isinstance(html, EmailMessage)
            for number, picture in enumerate(self.pictures, 1):
                html.add_related(
                    picture.png,
                    "image",
                    "png",
                    cid=f"<{picture.cid}>",
                    disposition="inline",
                    filename=f"chart-{number}.png",
                )
            html.set_boundary(f"=_{digest[32:]}")
        body.set_boundary(f"=_{digest[:32]}")
        return as_bytes(self.headers) + body.as_bytes()


def mail_of(message: Message, headers: Headers, pictures: Pictures = NONE) -> Mail:
    """The mail for a message; its text part holds at most 100 lines of each list."""
    html = html_of(message, pictures)
    # where the document had to be shortened, a picture's part may be gone
    used = tuple(picture for picture in pictures.values() if f"cid:{picture.cid}" in html)
    return Mail(headers, text_of(message), html, tuple(dict.fromkeys(used)))

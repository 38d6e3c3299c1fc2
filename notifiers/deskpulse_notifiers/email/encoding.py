"""Any text as a header value. Pure.

Python's `EmailMessage` decodes an encoded word (`=?utf-8?q?a=0ABcc:...?=`) in a subject and writes
what it held, line breaks included: a second header. So no encoded word of a customer gets there.
"""

from __future__ import annotations

import re
from email.header import Header

from deskpulse.untrusted import Text
from deskpulse_notifiers.text import fit, one_line

SUBJECT = 200
_ENCODED_WORD = re.compile(r"=\?[^?\s]*\?[^?\s]*\?[^?]*\?=")


def encoded(text: Text, limit: int = SUBJECT) -> str:
    """Any text as one unstructured header value: ASCII as it is, anything else in encoded words."""
    plain = fit(harmless(text), limit)
    if plain.isascii():
        return plain
    return Header(plain, "utf-8", header_name="Subject").encode(linesep="\r\n")


def harmless(text: Text) -> str:
    """One line in which no mail program finds an encoded word."""
    return one_line(_ENCODED_WORD.sub("", one_line(text)).replace("=?", "= ?"))

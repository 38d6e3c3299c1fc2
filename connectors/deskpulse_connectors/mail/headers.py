"""Header fields as mail carries them: names in any case, repeated, values with encoded words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header, make_header

_ID = re.compile(r"<([^<>\s]{1,400})>")
_BARE = re.compile(r"[^<>\s,;]+@[^<>\s,;]+")


class Headers:
    """The fields of one mail, in their order."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            self._values.setdefault(name.lower(), []).append(unfolded(value))

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._values

    def all(self, name: str) -> list[str]:
        """Every value of the field."""
        return self._values.get(name.lower(), [])

    def first(self, name: str) -> str:
        """The first value, "" if there is none."""
        return next(iter(self.all(name)), "")

    def text(self, name: str) -> str:
        """The first value for people to read: encoded words decoded (RFC 2047)."""
        return decoded(self.first(name))

    def ids(self, name: str) -> list[str]:
        """The message ids that the field names, without brackets, in their order."""
        value = " ".join(self.all(name))
        found = _ID.findall(value) or _BARE.findall(value)
        return list(dict.fromkeys(found))


def unfolded(value: str) -> str:
    """One line: a long field is folded over several."""
    return " ".join(value.replace("\0", "").split())


def decoded(value: str) -> str:
    """Encoded words decoded, however wrong their charset; what are none stays as it came."""
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    try:
        return unfolded(str(make_header(parts)))
    except (HeaderParseError, LookupError, ValueError):
        return unfolded("".join(_lenient(text, charset) for text, charset in parts))


def _lenient(text: str | bytes, charset: str | None) -> str:
    """A part as well as can be: a wrong charset spoils single letters, an unknown one all but."""
    if isinstance(text, str):
        return text
    if charset is None:
        return text.decode("raw-unicode-escape", "replace")  # as `decode_header` packed it
    try:
        return text.decode(charset, "replace")
    except LookupError:
        return text.decode("ascii", "replace")

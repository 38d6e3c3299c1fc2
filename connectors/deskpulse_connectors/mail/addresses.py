"""Who is named in a header field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import getaddresses

from deskpulse_connectors.mail.headers import decoded

_LONGEST = 320
"""Of an address: 64 before the @, 255 after it (RFC 5321 4.5.3.1)."""


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox. `email` is in lower case: it is the id of a person; `name` may be empty."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.email.rpartition("@")[2]

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.email.rpartition("@")[0]


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """Every usable address of these fields, each once, in their order."""
    found: dict[str, Address] = {}
    for name, email in getaddresses(list(values)):
        clean = email.strip().strip("<>'\"").lower()
        local, at, domain = clean.rpartition("@")
        if local and at and domain and len(clean) <= _LONGEST and clean.isprintable():
            found.setdefault(clean, Address(clean, decoded(name).strip(" '\"")))
    return tuple(found.values())

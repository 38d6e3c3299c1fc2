"""Mail addresses of the operator: read from the config, written into headers."""

from __future__ import annotations

import re
from email.utils import parseaddr

from deskpulse_notifiers.email.encoding import encoded
from deskpulse_notifiers.text import one_line

_ADDR_SPEC = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def address_of(text: str) -> tuple[str, str]:
    """Name and address of one mailbox. Raises ValueError for anything else."""
    name, address = parseaddr(text)
    lone = text.strip() in {address, f"<{address}>"} or text.rstrip().endswith(f"<{address}>")
    if not lone or not _ADDR_SPEC.fullmatch(address) or one_line(text) != text.strip():
        raise ValueError(
            f"{one_line(text)!r} is not one address such as `kpi@example.com` or "
            "`Deskpulse <kpi@example.com>` (ASCII; a domain in its xn-- form)"
        )
    return name, address


def domain_of(text: str) -> str:
    """The part of an address after the @."""
    return address_of(text)[1].rpartition("@")[2]


def mailbox(text: str) -> str:
    """One mailbox as a header value."""
    name, address = address_of(text)
    name = encoded(name)
    if not name:
        return address
    if not name.startswith("=?"):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"

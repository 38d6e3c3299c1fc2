"""What a sink's answer means for the message. Pure, and keyed on the status.

2xx                       accepted
429                       deferred, as long as it asks for
408 425 503               deferred: it was not taken
other 5xx                 deferred; it may have been taken
3xx                       rejected: a redirect would carry the message elsewhere
other 4xx, anything else  rejected, with a hint
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from deskpulse.delivery.post import Reply
from deskpulse.errors import DeliveryDeferred, DeliveryError, DeliveryRejected
from deskpulse.http import headers as waiting
from deskpulse.http.answer import Answer, shortened
from deskpulse.http.redact import Redactor

_NOT_TAKEN = frozenset({408, 425, 429, 503})
_HINTS: Mapping[int, str] = {
    400: "The sink does not understand the message: check its address and what it expects.",
    401: "The sink wants other credentials: check the secrets of this notifier.",
    403: "The sink forbids it: check the address and the secrets of this notifier.",
    404: "There is nothing at this address: check it, or set the receiver up again.",
    405: "The sink takes no POST there: check the address.",
    410: "The receiver was removed: set it up again and store its new address.",
    413: "The sink takes only shorter messages.",
}


def problem_of(
    what: str,
    reply: Reply,
    secrets: Iterable[str] = (),
    hints: Mapping[int, str] | None = None,
) -> DeliveryError | None:
    """The error that this answer stands for, or None for 2xx. The sink's words are cleaned."""
    status = reply.status
    if 200 <= status <= 299:
        return None
    said = _said(reply, secrets)
    if status in _NOT_TAKEN or 500 <= status <= 599:
        unsure = status not in _NOT_TAKEN
        return DeliveryDeferred(
            f"{what} cannot take it now (HTTP {status}{said})"
            + ("; it may have been taken all the same" if unsure else ""),
            retry_after=patience(reply.headers),
            ambiguous=unsure,
        )
    if 300 <= status <= 399:
        return DeliveryRejected(
            f"{what} redirects (HTTP {status}); a message follows no redirect",
            hint="Set the address to where the receiver is now.",
        )
    hint = (hints or {}).get(status) or _HINTS.get(status, "")
    return DeliveryRejected(f"{what} refused the message (HTTP {status}{said})", hint=hint)


def patience(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for, 0 included; None leaves it to the sender.

    Whole seconds, or a date that is measured against the sink's own `Date`.
    """
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    if re.fullmatch(r"\d{1,9}", text.strip()):
        seconds = float(text)
        return seconds if seconds <= waiting.ABSURD_S else None
    lower = {name.lower(): value for name, value in headers.items()}
    now = waiting.vendor_date(lower)
    return None if now is None else waiting.retry_after(lower, now)


def _said(reply: Reply, secrets: Iterable[str]) -> str:
    words = Answer(reply.status, reply.headers, reply.body).reason()
    clean = shortened(Redactor(secrets).redact(words))
    return f": {clean}" if clean else ""

"""What a vendor says in its headers about waiting, about time, and about the next page. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Headers = Mapping[str, str]

ABSURD_S = 7 * 86_400.0
"""A wait longer than a week is a fault of the sender, not a request; it counts as none."""

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?")
_RESET = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")
_REMAINING = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
_LIMIT = ("ratelimit-limit", "x-ratelimit-limit", "x-ratelimit-total", "x-rate-limit")
_PARAMETER = r"""\s*;\s*([\w*-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s",;]+)))?"""
_LINK = re.compile(rf"<([^<>]*)>((?:{_PARAMETER})*)")
_EPOCH = 1_000_000_000
"""A reset above this many seconds is an instant (since 1970), not a span."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: requests, its size, and seconds until it is full again."""

    remaining: int
    limit: int | None
    reset_s: float | None


def vendor_date(headers: Headers) -> datetime | None:
    """The vendor's clock (`Date`), aware, UTC, whole seconds; None when missing or broken."""
    return _http_date(headers.get("date", ""))


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Seconds that `Retry-After` asks for: a number or an HTTP date; None if it says nothing.

    A date is measured against the vendor's own `Date`, so that a wrong clock here does no harm.
    Zero, negative, unreadable and absurd values say nothing (RFC 9110 10.2.3).
    """
    text = headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(text):
        return _sensible(float(text))
    until = _http_date(text)
    if until is None:
        return None
    return _sensible((until - (vendor_date(headers) or now)).total_seconds())


def reset_after(headers: Headers, now: datetime) -> float | None:
    """Seconds until a limit that is used up resets; None if unknown or if something is left."""
    allowance = allowance_of(headers, now)
    if allowance is not None and allowance.remaining > 0:
        return None
    return _reset(headers, now)


def allowance_of(headers: Headers, now: datetime) -> Allowance | None:
    """The account's allowance as the usual header families put it; None if unsaid.

    `ratelimit-*` (seconds), `x-ratelimit-*` (seconds or an epoch), `x-rate-limit-*` (Zendesk).
    """
    remaining = _first(headers, _REMAINING)
    if remaining is None:
        return None
    limit = _first(headers, _LIMIT)
    return Allowance(int(remaining), None if limit is None else int(limit), _reset(headers, now))


def next_link(headers: Headers) -> str | None:
    """The address with `rel="next"` in `Link` (RFC 8288), as it stands there; None without one."""
    for address, parameters, *_ in _LINK.findall(headers.get("link", "")):
        for name, quoted, bare in re.findall(_PARAMETER, parameters):
            is_next = name.lower() == "rel" and "next" in (quoted or bare).lower().split()
            if is_next and address.strip():
                return str(address.strip())
    return None


def _reset(headers: Headers, now: datetime) -> float | None:
    value = _first(headers, _RESET)
    if value is not None and value > _EPOCH:
        seconds = value / 1000 if value > _EPOCH * 1000 else value
        value = seconds - (vendor_date(headers) or now).timestamp()
    return None if value is None else _sensible(value)


def _first(headers: Headers, names: Iterable[str]) -> float | None:
    for name in names:
        text = headers.get(name, "").strip()
        if _NUMBER.fullmatch(text):
            return float(text)
    return None


def _sensible(seconds: float) -> float | None:
    return seconds if 0 < seconds <= ABSURD_S else None


def _http_date(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
        aware = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
        return aware.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None

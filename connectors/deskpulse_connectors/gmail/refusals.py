"""What Gmail's errors mean: Google limits with 403, and names the reason in the body."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deskpulse.errors import RateLimited, RequestRefused, StreamForbidden
from deskpulse.http.answer import Answer
from deskpulse.http.headers import vendor_date
from deskpulse.http.verdict import Said

SCOPE = "https://www.googleapis.com/auth/gmail.readonly"

_SOON = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RESOURCE_EXHAUSTED"})
_TODAY = frozenset({"dailyLimitExceeded", "quotaExceeded"})
_HINTS = {
    "insufficientPermissions": f"Grant the scope {SCOPE} and get a new refresh token;"
    " gmail.metadata is not enough, for it allows no search.",
    "accessNotConfigured": "Enable the Gmail API for the project of these credentials.",
    "domainPolicy": "The domain's administrator has switched Gmail off for this app; ask them.",
    "failedPrecondition": "The mailbox has no Gmail; set mailbox to a user who has.",
    "delegationDenied": "These credentials may not read that mailbox; correct mailbox.",
}
_RESETS = ZoneInfo("America/Los_Angeles")
"""Google's daily quotas begin anew at midnight Pacific time."""


def meaning(answer: Answer) -> Said | None:
    """What an answer says beyond its status."""
    if answer.status not in (400, 403, 429):
        return None
    reasons = _reasons(answer)
    if reasons & _TODAY:
        return Said(RateLimited, _until_reset(answer))
    if answer.status == 429 or reasons & _SOON:
        return Said(RateLimited)
    hint = next((text for reason, text in _HINTS.items() if reason in reasons), "")
    if not hint:
        return None
    return Said(StreamForbidden if answer.status == 403 else RequestRefused, hint=hint)


def _reasons(answer: Answer) -> set[str]:
    """Every reason that the body names, in both of Google's shapes."""
    try:
        body = answer.json()
    except ValueError:
        return set()
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return set()
    named: list[Any] = [error, *_list(error.get("errors")), *_list(error.get("details"))]
    found = {
        each[key]
        for each in named
        if isinstance(each, dict)
        for key in ("reason", "status")
        if isinstance(each.get(key), str)
    }
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in found:
        found.add("insufficientPermissions")
    if "SERVICE_DISABLED" in found:
        found.add("accessNotConfigured")
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _until_reset(answer: Answer) -> float:
    """Seconds until the daily quota begins anew, by Google's clock; an hour if it is not told."""
    told = vendor_date(answer.headers)
    if told is None:
        return 3600.0
    now = told.astimezone(_RESETS)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), _RESETS)
    return max((midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds(), 60.0)

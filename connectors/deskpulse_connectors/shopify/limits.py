"""What Shopify says beside its data: that it is enough for now, not yet ready, or out of date.

Shopify answers with 200 whatever happens and keeps a bucket of points for each app and shop; every
answer tells what the query cost, what is left and how fast it comes back. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from deskpulse.errors import RateLimited, RequestRefused, SourceError, SourceUnavailable
from deskpulse.http.answer import Answer
from deskpulse.http.verdict import Aside, Said

POLL_S = 5.0
"""How long to wait between two looks at an export that is being prepared."""

LEAST_WAIT_S = 0.2
PASSING = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT"})
PREPARING = frozenset({"CREATED", "RUNNING", "CANCELING"})
HINTS: Mapping[int, tuple[type[SourceError], str]] = {
    402: (RequestRefused, "The shop is frozen: its owner has to settle the bill with Shopify."),
    404: (RequestRefused, "There is no such shop, or no such version: check `shop` and `version`."),
    423: (RequestRefused, "Shopify has locked the shop; its owner has to talk to Shopify."),
    430: (SourceUnavailable, "Shopify takes these requests for an attack; it passes by itself."),
}
"""Statuses that mean something of their own here."""


def meaning(answer: Answer) -> Said | None:
    """What an answer says beyond its status."""
    if answer.status in HINTS:
        error, hint = HINTS[answer.status]
        return Said(error, hint=hint)
    if answer.status != 200:
        return None
    if b'"errors"' in answer.body:
        return _failed(_body(answer))
    if b'"objectCount"' in answer.body[:4000]:
        return _preparing(_body(answer))
    return None


def aside(version: str, headers: Mapping[str, str], body: Any) -> Aside | None:
    """Rest until a query like this one can be paid again; say when the version is not served."""
    served = headers.get("x-shopify-api-version", version)
    notice = headers.get("x-shopify-api-deprecated-reason", "")
    if notice:
        notice = f"Shopify will remove something that is asked for: {notice}"
    if served != version:
        notice = (
            f"Shopify no longer serves version {version} of its API and answers with {served}: "
            "set `version` to one that it serves, and update deskpulse"
        )
    return Aside(wait_for(body), notice)


def wait_for(body: Any) -> float:
    """Seconds until the bucket holds what this query asks for; 0 if it does, or does not say."""
    try:
        cost = body["extensions"]["cost"]
        status = cost["throttleStatus"]
        missing = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        return max(missing / float(status["restoreRate"]), 0.0)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return 0.0


def codes(body: Any) -> list[str]:
    """The code of each error of an answer; "" where it has none."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    found = []
    for each in errors if isinstance(errors, list) else []:
        extensions = each.get("extensions") if isinstance(each, Mapping) else None
        code = extensions.get("code") if isinstance(extensions, Mapping) else None
        found.append(code if isinstance(code, str) else "")
    return found


def _failed(body: Any) -> Said | None:
    found = codes(body)
    if "THROTTLED" in found:
        return Said(RateLimited, max(wait_for(body), LEAST_WAIT_S))
    if found and PASSING.issuperset(found):
        return Said(SourceUnavailable)
    return None


def _preparing(body: Any) -> Said | None:
    try:
        job = body["data"]["node"]
        status, count = job["status"], job["objectCount"]
    except (KeyError, TypeError):
        return None
    if status not in PREPARING:
        return None
    return Said(
        SourceUnavailable,
        POLL_S,
        hint="Nothing to do: the next run looks again whether the export is ready.",
        words=f"Shopify is still preparing the export ({status}, {count} objects so far)",
    )


def _body(answer: Answer) -> Any:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None

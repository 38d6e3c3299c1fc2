"""A GraphQL answer: its data, or the error that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from deskpulse.errors import (
    RateLimited,
    RequestRefused,
    SourceChanged,
    SourceError,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse_connectors.shopify.limits import PASSING, codes, wait_for

DENIED = "ACCESS_DENIED"
Hidden = Callable[[str], None]
"""Told what Shopify hides from this app, in words."""


class TooCostly(RequestRefused):
    """One query may cost a thousand points; a smaller page costs less."""


def data_of(body: Any, root: str, hidden: Hidden) -> Any:
    """`data[root]`. Fields that this app may not see are null, and `hidden` is told.

    Raises `StreamForbidden` where all of it is denied, `TooCostly`, `SourceUnavailable` for a part
    that failed, `SourceChanged` for unknown fields and answers of another shape.
    """
    if not isinstance(body, Mapping):
        raise SourceChanged(f"{root}: the answer is {type(body).__name__}; allowed: an object")
    found = body.get("data")
    value = found.get(root) if isinstance(found, Mapping) else None
    errors = body.get("errors")
    if errors:
        if value is None or set(codes(body)) != {DENIED}:
            raise _error(body, root)
        for text in dict.fromkeys(map(_text, errors)):
            hidden(text)
    elif not isinstance(found, Mapping) or root not in found:
        raise SourceChanged(f"{root}: the answer has no data.{root}, which Shopify always sent")
    _demand_understood(body, root)
    return value


def rows_of(connection: Any, root: str) -> tuple[list[Any], str | None]:
    """The nodes of a connection, and the cursor after them; None where it ends."""
    nodes = _demand(connection, "nodes", list, root)
    info = _demand(connection, "pageInfo", Mapping, root)
    if not _demand(info, "hasNextPage", bool, root):
        return nodes, None
    return nodes, _demand(info, "endCursor", str, root)


def _demand(value: Any, key: str, kind: type | Any, root: str) -> Any:
    found = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(found, kind):
        raise SourceChanged(f"{root}: {key} is {type(found).__name__}; Shopify sent another type")
    return found


def _error(body: Mapping[str, Any], root: str) -> SourceError:
    found, errors = codes(body), body["errors"]
    texts = [_text(each) for each in errors] if isinstance(errors, list) else [str(errors)]
    text = f"{root}: {'; '.join(dict.fromkeys(texts))[:500]}"
    if DENIED in found:
        return StreamForbidden(
            text, hint="Give the app this access scope, and have the shop's owner approve it again."
        )
    if "THROTTLED" in found:
        return RateLimited(text, retry_after=max(wait_for(body), 1.0))
    if "MAX_COST_EXCEEDED" in found:
        return TooCostly(text, hint="Set a smaller `page_size`.")
    if "undefinedField" in found:
        return SourceChanged(
            text, hint="This version of the API lacks the field: set `version`, or report this."
        )
    if PASSING & set(found):
        return SourceUnavailable(text)
    return RequestRefused(text)


def _text(error: Any) -> str:
    message = error.get("message") if isinstance(error, Mapping) else None
    return str(message or "an error without a message")


def _demand_understood(body: Mapping[str, Any], root: str) -> None:
    """A filter that Shopify does not know is left out, and everything comes: a fault of ours."""
    extensions = body.get("extensions")
    searches = extensions.get("search") if isinstance(extensions, Mapping) else None
    for each in searches or ():
        for warning in each.get("warnings") or ():
            raise SourceChanged(f"{root}: Shopify ignores a filter: {warning.get('message')}")

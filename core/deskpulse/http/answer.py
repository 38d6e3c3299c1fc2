"""One HTTP answer, read to its end, and the words a vendor put in it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

_LONGEST_REASON = 300
_WORDS = (
    *("error_description", "description", "message", "msg"),
    *("title", "detail", "error", "errors"),
)
"""Where vendors put their reason; `error` may be a string, an object or a list."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (any case) and the decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The parsed body; None for 204 and 205, which have none. Raises ValueError."""
        if self.status in (204, 205):
            return None
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return _forgiving(self.body)

    def kind(self) -> str:
        """What the body claims to be: `text/html`, `application/json`, or `no content type`."""
        return self.headers.get("content-type", "").split(";")[0].strip() or "no content type"

    def reason(self) -> str:
        """The vendor's own words about an error, as long as they come; "" if it gave none.

        Take secrets out before you cut them with `shortened`: half a secret is not recognised.
        """
        try:
            return " ".join(dict.fromkeys(_spoken(self.json())))
        except ValueError:
            return _plain(self.body)


def shortened(text: str) -> str:
    """One line of at most 300 characters, without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:5_000]).split())
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"


def _forgiving(body: bytes) -> Any:
    """Parse what strict JSON refuses for the sake of one broken character.

    Vendors cut texts in the middle of an emoji: half a surrogate pair, or half a UTF-8 sequence,
    in one subject must not lose the page it is on. Such a character becomes U+FFFD.
    """
    try:
        return _mended(json.loads(body.decode("utf-8", "replace"), parse_constant=_not_json))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _not_json(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def _spoken(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value[:5]:
            yield from _spoken(item)
    elif isinstance(value, dict):
        for key in ("code", *_WORDS):
            if key in value:
                yield from _spoken(value[key])


def _plain(body: bytes) -> str:
    """The title of an HTML page, else its text; plain text as it is."""
    text = body[:20_000].decode("utf-8", "replace")
    title = re.search(r"(?is)<title[^>]*>(.*?)</title", text)
    bare = re.sub(r"(?s)<[^>]*>", " ", title.group(1) if title else text)
    return html.unescape(bare)

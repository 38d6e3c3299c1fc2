"""Takes secrets out of texts: the known ones in every usual spelling, and what looks like one."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from pydantic import BaseModel, SecretStr

MASK = "***"
_SHORTEST = 4
"""A shorter secret would mask half of every text; nothing that short protects anything."""
SHORTEST_KEY = 8
"""Of an address: shorter pieces of it are words such as `v1`."""

_NAMES = (
    r"access_token|refresh_token|id_token|client_secret|api_?key|private_key|secret|password|"
    r"passwd|pwd|authorization|proxy-authorization|x-api-key|cookie|set-cookie|token|signature|sig"
)
_LOOKS = (
    (
        # Words of prose follow "basic" and "token" too; a credential has a digit or a sign in it.
        re.compile(r"(?i)\b(Bearer|Basic|Token)\s+(?=[\w.~:-]*[\d+/=_])[A-Za-z0-9+/=_.~:-]{8,}"),
        rf"\1 {MASK}",
    ),
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://)[^\s/?#@'\"<>]+@"), rf"\1{MASK}@"),
    (re.compile(r"(?i)(\bhttps?://[^\s?#'\"<>]+\?)[^\s'\"<>#)]+"), rf"\1{MASK}"),
    (re.compile(rf"(?i)([?&;](?:[\w.-]*[_.-])?(?:{_NAMES}|code)=)[^\s&;'\"<>]+"), rf"\1{MASK}"),
    (
        re.compile(rf"(?i)(['\"](?:{_NAMES})['\"]\s*[:,=]\s*b?)(['\"])(?:\\.|(?!\2).)+\2"),
        rf"\1\2{MASK}\2",
    ),
)


class Redactor:
    """Knows the secrets of a configuration and masks them in texts. Safe between threads."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._spellings: frozenset[str] = frozenset()
        self._known: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Know these too: a token that was just received, a header that was just made."""
        fresh = {s for secret in secrets if len(secret) >= _SHORTEST for s in _spellings(secret)}
        with self._lock:
            if fresh <= self._spellings:
                return
            self._spellings |= fresh
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._known = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def mask(self, text: str, instead: str = MASK) -> str:
        """`text` with `instead` for every secret that is known, in whatever spelling."""
        return text if self._known is None else self._known.sub(instead, text)

    def redact(self, text: str) -> str:
        """`text` with `***` for every secret, the query of every URL, and its user."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern, mask in _LOOKS:
            text = pattern.sub(mask, text)
        return text


def secrets_in(settings: Any) -> Iterator[str]:
    """Every `SecretStr` anywhere in validated settings, in the clear: what a Redactor must know.

    Of an address also what makes it one: a server may repeat only its key.
    """
    if isinstance(settings, SecretStr):
        secret = settings.get_secret_value()
        yield secret
        yield from _keys_of_an_address(secret)
    elif isinstance(settings, BaseModel):
        for name in type(settings).model_fields:
            yield from secrets_in(getattr(settings, name))
    elif isinstance(settings, Mapping):
        for value in settings.values():
            yield from secrets_in(value)
    elif isinstance(settings, list | tuple | set | frozenset):
        for value in settings:
            yield from secrets_in(value)


def _keys_of_an_address(text: str) -> Iterator[str]:
    """What of an address nobody guesses: a password, values of the query, tokens in the path."""
    try:
        parts = urlsplit(text)
        named = [parts.password or "", *(value for _, value in parse_qsl(parts.query))]
    except ValueError:
        return
    if not parts.scheme or not parts.netloc:
        return
    tokens = [piece for piece in parts.path.split("/") if re.search(r"\d", piece)]
    yield from (key for key in (*named, *tokens) if len(key) >= SHORTEST_KEY)


def _spellings(secret: str) -> set[str]:
    """The ways in which a secret turns up: raw, escaped, URL-encoded, inside any base64 text."""
    raw = secret.encode("utf-8", "replace")
    return {
        secret,
        secret.strip(),
        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        repr(raw)[2:-1],
        html.escape(secret),
        *_in_base64(raw),
    } - {""}


def _in_base64(raw: bytes) -> Iterator[str]:
    """What of `raw` is visible in a base64 text that holds it at any position.

    Three bytes become four characters: those at the ends also depend on the neighbours, and are
    left off, unless nothing of use remains.
    """
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode().rstrip("=")
        for shift in range(3):
            text = encode(b"\0" * shift + raw).decode().rstrip("=")
            whole = text[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]
            if len(whole) >= 8:
                yield whole

"""Write a tape by listening to a real source."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx

from deskpulse.errors import PluginError
from deskpulse.testing.tape import Exchange, Tape, key_of

KEPT_HEADERS = ("retry-after", "link")
ASKING = ("GET", "HEAD", "POST")
_TOKENS = ("access_token", "refresh_token", "id_token")


class Recorder(httpx.BaseTransport):
    """Passes requests on to `inner` and notes what came back; `tape` is what was noted.

    Give it to an `HttpClient` as its transport and pull every stream twice: to the end, and once
    from there. `rename` replaces texts in the answers: secrets, names, the address of the account.
    Read a tape before you share it: what customers wrote is on it.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        rename: Mapping[str, str] | None = None,
    ) -> None:
        self._inner = inner
        self._rename = dict(rename or {})
        self._noted: dict[tuple[object, ...], Exchange] = {}
        self.secrets: set[str] = set()
        """Credentials that went over the line: headers that signed, tokens that were given out."""
        self.repeats = False
        """Whether what was asked before is answered from the tape, and not asked again."""

    @property
    def tape(self) -> Tape:
        """What was noted; of several answers to one request the first."""
        return Tape(self._noted.values())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask the real source, note the answer, pass it on.

        Signing in is passed on and not noted. Raises `PluginError` for what is no question.
        """
        if request.method not in ASKING:
            raise PluginError(
                f"{request.method} {request.url.path} changes something at the source",
                hint="A connector only reads: use get, and post_query for questions.",
            )
        request.read()
        known = self._noted.get(key_of(request)) if self.repeats else None
        if known is not None:
            return httpx.Response(
                known.status, headers=known.headers, content=known.body, request=request
            )
        response = self._inner.handle_request(request)
        response.read()
        self.secrets |= _credentials(request)
        if tokens := _tokens(request, response):
            self.secrets |= tokens
            return _passed_on(request, response)
        kept = {
            name: self._renamed(response.headers[name])
            for name in KEPT_HEADERS
            if name in response.headers
        }
        noted = Exchange(
            *key_of(request),
            response.status_code,
            kept,
            self._clean(response.content),
            str(request.url),
        )
        self._noted.setdefault(noted.request, noted)
        return _passed_on(request, response)

    def close(self) -> None:
        """Close the connection to the source."""
        self._inner.close()

    def _clean(self, body: bytes) -> bytes:
        return self._renamed(body.decode("utf-8", "replace")).encode()

    def _renamed(self, text: str) -> str:
        for old, new in self._rename.items():
            text = text.replace(old, new)
        return text


def _credentials(request: httpx.Request) -> set[str]:
    """What signed a request: the values of its headers that are no one else's business."""
    found = set()
    for name in ("authorization", "cookie", "x-api-key", "x-shopify-access-token"):
        value = request.headers.get(name, "")
        found |= {value, value.partition(" ")[2]}
    return found - {""}


def _tokens(request: httpx.Request, response: httpx.Response) -> set[str]:
    """The tokens that an answer gives out; for a refused sign-in, that it was one."""
    try:
        answer = json.loads(response.content)
    except ValueError:
        answer = None
    known = answer if isinstance(answer, dict) else {}
    tokens = {str(known[name]) for name in _TOKENS if known.get(name)}
    return tokens or ({"grant_type"} if b"grant_type" in request.content else set())


def _passed_on(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    headers = [pair for pair in response.headers.multi_items() if pair[0] != "content-encoding"]
    return httpx.Response(
        response.status_code, headers=headers, content=response.content, request=request
    )

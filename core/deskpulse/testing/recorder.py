"""Write a tape by listening to a real source."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from deskpulse.testing.tape import Exchange, Tape, key_of

KEPT_HEADERS = ("retry-after",)


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

    @property
    def tape(self) -> Tape:
        """What was noted; of several answers to one request the first."""
        return Tape(self._noted.values())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask the real source, note the answer, pass it on."""
        request.read()
        response = self._inner.handle_request(request)
        response.read()
        kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        noted = Exchange(
            *key_of(request), response.status_code, kept, self._clean(response.content)
        )
        self._noted.setdefault(noted.request, noted)
        headers = [pair for pair in response.headers.multi_items() if pair[0] != "content-encoding"]
        return httpx.Response(
            response.status_code, headers=headers, content=response.content, request=request
        )

    def close(self) -> None:
        """Close the connection to the source."""
        self._inner.close()

    def _clean(self, body: bytes) -> bytes:
        text = body.decode("utf-8", "replace")
        for old, new in self._rename.items():
            text = text.replace(old, new)
        return text.encode()

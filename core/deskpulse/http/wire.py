"""One answer from the network, with bounds on its size and time. Faults become values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from deskpulse.clock import Clock
from deskpulse.errors import SourceChanged
from deskpulse.http.address import shown
from deskpulse.http.answer import Answer
from deskpulse.http.pause import Pause

_ERROR_BYTES = 64_000
"""Of an error's body only the beginning is read: its reason stands there."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of one answer: seconds to connect, between two bytes and in all; bytes unpacked."""

    connect_s: float = 10.0
    read_s: float = 60.0
    answer_s: float = 300.0
    most_bytes: int = 200_000_000


@dataclass(frozen=True, slots=True)
class Broken:
    """No whole answer came: what happened, in short, and whether there was a connection at all."""

    reason: str
    connected: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent. `body` is encoded already; `headers` name its type."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str]
    body: bytes | None = None


class Wire:
    """The connection pool of one source."""

    def __init__(
        self,
        *,
        agent: str,
        bounds: Bounds,
        clock: Clock,
        use_environment: bool,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._agent = agent
        self._bounds = bounds
        self._clock = clock
        # No request outlives `pool=None`: the limiter bounds how many there are, not the pool.
        timeout = httpx.Timeout(bounds.read_s, connect=bounds.connect_s, pool=None)
        self._timeout = {"timeout": timeout.as_dict()}
        self._client = httpx.Client(
            transport=transport,
            trust_env=use_environment,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=16),
        )

    def ask(self, question: Question, pause: Pause) -> tuple[Answer | Broken, int]:
        """The answer, and how many bytes of it came over the wire.

        Redirects are not followed and cookies not kept. Raises `SourceChanged` for an answer larger
        than the bound, and `Stopped`.
        """
        request = httpx.Request(
            question.method,
            question.url,
            content=question.body,
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "User-Agent": self._agent,
                **question.headers,
            },
            extensions=self._timeout,
        )
        # The fault leaves this function as a value: a chained httpx error holds the signed request.
        try:
            response = self._client.send(request, stream=True, follow_redirects=False)
            try:
                body = self._read(response, pause)
            finally:
                response.close()
        except (httpx.TransportError, httpx.DecodingError) as error:
            connected = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            return Broken(_named(error), connected), 0
        if isinstance(body, Broken):
            return body, response.num_bytes_downloaded
        return Answer(response.status_code, response.headers, body), response.num_bytes_downloaded

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _read(self, response: httpx.Response, pause: Pause) -> bytes | Broken:
        is_error = response.status_code >= 400
        started = self._clock.monotonic()
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_bytes():
            pieces.append(piece)
            size += len(piece)
            if is_error and size >= _ERROR_BYTES:
                break
            if size > self._bounds.most_bytes:
                raise SourceChanged(
                    f"{shown(response.request.url)} answered with more than "
                    f"{self._bounds.most_bytes:,} bytes",
                    hint="Ask for smaller pages if this source has such a setting; "
                    "otherwise please report this.",
                )
            if self._clock.monotonic() - started > self._bounds.answer_s:
                return Broken(f"the answer was not complete after {self._bounds.answer_s:.0f} s")
            pause.check()
        return b"".join(pieces)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__

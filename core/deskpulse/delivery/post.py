"""One POST to a sink, and what came back. Never a second one, never a redirect, never a log line.

httpx's client logs whole addresses, and a webhook's address is its credential: so the request goes
to the transport itself.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.request import getproxies, proxy_bypass

import httpx

from deskpulse.clock import Clock, SystemClock
from deskpulse.errors import DeliveryDeferred, DeliveryError, DeliveryRejected

_MOST_BYTES = 64_000
"""Of an answer only the beginning is read: no sink that we know says more."""
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""Faults before the request was complete: the sink cannot have taken anything."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers (any case), and the beginning of the body. `whole`: it was not cut short."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Poster:
    """`what` names the sink in errors; `timeout_s` bounds each wait, and the answer as a whole."""

    what: str
    timeout_s: float = 30.0
    clock: Clock = field(default_factory=SystemClock)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """POST `body`. Raises `DeliveryDeferred` or `DeliveryRejected` if there is no answer."""
        return self._ask("POST", url, body, {"Content-Type": "application/json", **headers})

    def reach(self, url: str) -> str:
        """Ask for nothing (HEAD) and return the host: any answer shows that it is there."""
        self._ask("HEAD", url, None, {})
        return host_of(url)

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        try:
            request = httpx.Request(
                method,
                url,
                content=body,
                headers={"User-Agent": "deskpulse", "Accept-Encoding": "gzip, deflate", **headers},
                extensions={"timeout": httpx.Timeout(self.timeout_s).as_dict()},
            )
            transport = _transport(request.url)
        except (httpx.InvalidURL, ImportError, ValueError) as problem:
            raise DeliveryRejected(
                f"{self.what}: no request can be made ({type(problem).__name__})",
                hint="Check the address, and the proxy in HTTPS_PROXY (http:// or https:// only).",
            ) from None
        try:
            with transport:
                return self._read(transport.handle_request(request))
        except (httpx.HTTPError, OSError) as problem:
            # from None: a chained httpx error holds the request, and with it the secrets
            raise _no_answer(self.what, request.url.host, problem) from None

    def _read(self, response: httpx.Response) -> Reply:
        started = self.clock.monotonic()
        pieces: list[bytes] = []
        whole = True
        try:
            for piece in response.iter_bytes():
                pieces.append(piece)
                late = self.clock.monotonic() - started > self.timeout_s
                if late or sum(map(len, pieces)) >= _MOST_BYTES:
                    whole = not late
                    break
        except (httpx.HTTPError, OSError):
            whole = False  # the status is known; whether that is enough is for the caller to say
        finally:
            response.close()
        return Reply(response.status_code, response.headers, b"".join(pieces)[:_MOST_BYTES], whole)


def host_of(url: str) -> str:
    """The host of an address, which is no secret, unlike its path."""
    return httpx.URL(url).host


def _transport(url: httpx.URL) -> httpx.HTTPTransport:
    """A fresh connection, through the proxy that the environment names (NO_PROXY is honoured)."""
    proxy = None if proxy_bypass(url.host) else getproxies().get(url.scheme)
    return httpx.HTTPTransport(verify=_verifying(), proxy=proxy)


@cache
def _verifying() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _no_answer(what: str, host: str, problem: Exception) -> DeliveryError:
    if "CERTIFICATE_VERIFY_FAILED" in str(problem):
        return DeliveryRejected(
            f"{what}: the certificate of {host} cannot be verified",
            hint="Check the address and this machine's certificate store (SSL_CERT_FILE).",
        )
    # The type only: some of these texts quote the address.
    kind = type(problem).__name__
    if isinstance(problem, _NOT_SENT):
        return DeliveryDeferred(f"{what}: {host} cannot be reached ({kind})")
    return DeliveryDeferred(
        f"{what}: no answer from {host} ({kind}); the message may have arrived", ambiguous=True
    )

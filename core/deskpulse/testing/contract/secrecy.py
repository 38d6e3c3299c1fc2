"""Secrets stay secret, whatever goes wrong."""

from __future__ import annotations

import base64
import binascii
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

import httpx

from deskpulse.errors import DeskpulseError
from deskpulse.http.redact import secrets_in
from deskpulse.testing.bench import pull
from deskpulse.testing.contract.base import Base
from deskpulse.testing.transports import Always, Unreachable

STATUSES = (400, 401, 403, 404, 409, 410, 418, 422, 429, 500, 502, 503, 504)
_NOT_OURS = ("httpx", "httpcore")
"""Talkative libraries, which the program silences itself."""
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


class Secrecy(Base):
    """The test of secrecy."""

    def test_leaks_no_secret(self) -> None:
        """No secret of `config` in any error, hint, traceback, repr or log line.

        The vendor of this test is careless: it repeats requests with their headers in its errors.
        """
        settings = self.settings()
        secrets = list(secrets_in(settings))
        self._demand_silence(secrets, "the settings", f"{settings!r} {settings}")
        transports: list[tuple[str, httpx.BaseTransport]] = [
            (f"{status} to everything", Always(status, headers=_patience(status), echo=True))
            for status in STATUSES
        ]
        transports += [
            ("no connection", Unreachable()),
            ("another shape", Always(200, b'{"surprise": 1}')),
            ("the tape", self.recorded().player()),
        ]
        for what, transport in transports:
            with logged() as lines:
                told = list(self._everything_told(transport))
            for text in (*told, *lines):
                self._demand_silence(secrets, what, text)

    def _everything_told(self, transport: httpx.BaseTransport) -> Iterator[str]:
        with self.opened(transport) as connector:
            yield f"{connector!r} {connector.http!r}" if self._has_http() else repr(connector)
            yield " ".join(connector.warnings())
            for stream in connector.streams():
                try:
                    pull(stream, None)
                except Exception as problem:  # noqa: BLE001  whatever it is, it must not tell
                    yield from (str(problem), repr(problem), *traceback.format_exception(problem))
                    if isinstance(problem, DeskpulseError):
                        yield problem.hint

    def _has_http(self) -> bool:
        return bool(self.connector.base_url(self.settings()))

    def _demand_silence(self, secrets: list[str], what: str, text: str) -> None:
        for secret in secrets:
            if holds(text, secret):
                shown = text.replace(secret, "<SECRET>")
                self.fail(f"a secret of config shows with {what}: {shown[:500]}")


def holds(text: str, secret: str) -> bool:
    """Whether the text holds the secret: as it is, URL-encoded, or inside base64."""
    if secret in text or secret in unquote(text):
        return True
    return any(secret in _decoded(found[0]) for found in _ENCODED.finditer(text))


def _decoded(text: str) -> str:
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4)).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return ""


def _patience(status: int) -> dict[str, str]:
    return {"retry-after": "3600"} if status == 429 else {}


@contextmanager
def logged(ignoring: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Everything that is logged meanwhile, at every level, but by loggers that begin like these."""
    lines: list[str] = []
    formatter = logging.Formatter("%(name)s %(message)s")

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if not record.name.startswith((*_NOT_OURS, *ignoring)):
                lines.append(formatter.format(record))

    root, listener = logging.getLogger(), Listener(logging.NOTSET)
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(listener)
        root.setLevel(level)

"""Secrets stay secret, whatever goes wrong."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from deskpulse.errors import DeskpulseError
from deskpulse.http.redact import secrets_in
from deskpulse.notifier import Notifier
from deskpulse.testing.contract.secrecy import holds, logged
from deskpulse.testing.notifying.base import Base
from deskpulse.testing.notifying.samples import DIGEST, alert
from deskpulse.testing.notifying.sink import FAULTS


class Secrecy(Base):
    """The test of secrecy."""

    def test_leaks_no_secret(self) -> None:
        """No secret of `settings` in any error, hint, traceback, repr, receipt, preview or log.

        The sink of this test is careless: its errors repeat what was sent to it.
        """
        for fault in (None, *FAULTS):
            if fault is not None and fault not in self.sink.faults:
                continue
            with self.opened() as (sink, notifier), logged(self.sink.loggers) as lines:
                if fault:
                    sink.play(fault)
                told = list(self._told(notifier))
            secrets = list(secrets_in(notifier.config))
            for text in (*told, *lines):
                for secret in secrets:
                    if holds(text, secret):
                        clean = text.replace(secret, "<SECRET>")
                        what = fault or "no fault"
                        self.fail(f"a secret of settings shows with {what!r}: {clean[:500]}")

    def _told(self, notifier: Notifier) -> Iterator[str]:
        for ask in (lambda: notifier.send(alert()), notifier.check):
            try:
                yield repr(ask())
            except Exception as problem:  # noqa: BLE001  whatever it is, it must not tell
                yield from (str(problem), repr(problem), *traceback.format_exception(problem))
                if isinstance(problem, DeskpulseError):
                    yield problem.hint
        yield f"{notifier!r} {notifier.config!r} {notifier.config}"
        yield notifier.preview(DIGEST)

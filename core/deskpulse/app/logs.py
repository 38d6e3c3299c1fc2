"""Log lines: warnings to standard error, secrets masked, libraries that log URLs quiet."""

from __future__ import annotations

import logging
import sys

from deskpulse.http.logs import guard_logs
from deskpulse.http.redact import Redactor


class OnStandardError(logging.Handler):
    """Writes to whatever standard error is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line a record."""
        sys.stderr.write(self.format(record) + "\n")


def quiet_logs(redactor: Redactor) -> None:
    """Set logging up for this process, once."""
    logging.basicConfig(
        level=logging.WARNING, format="%(name)s: %(message)s", handlers=[OnStandardError()]
    )
    guard_logs(redactor)

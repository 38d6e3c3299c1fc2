"""Keeps secrets out of every log line, exception texts included."""

from __future__ import annotations

import logging

from deskpulse.http.redact import Redactor

_TALKATIVE = ("httpx", "httpcore", "slack_sdk", "urllib3")
"""Libraries that log whole URLs at INFO, or bodies and headers at DEBUG."""

_PLAIN = logging.Formatter()


class RedactingFilter(logging.Filter):
    """Masks secrets in a record's message, exception and stack.

    Put it on handlers: a logger's own filters do not see what its children log.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; lets every record through."""
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):
            text = f"{record.msg} {record.args!r}"
        record.msg, record.args = self._redactor.redact(text), None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = record.exc_text or _PLAIN.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._redactor.redact(record.exc_text)
        if record.stack_info:
            record.stack_info = self._redactor.redact(record.stack_info)
        # Handlers that draw tracebacks themselves would show the exception as it was.
        record.exc_info = None
        return True


def guard_logs(redactor: Redactor, root: logging.Logger | None = None) -> None:
    """Put the filter on every handler of the root logger and quieten talkative libraries.

    Call it once, after the handlers are in place.
    """
    redacting = RedactingFilter(redactor)
    for handler in (root or logging.getLogger()).handlers:
        handler.addFilter(redacting)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)

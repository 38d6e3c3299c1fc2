"""What nobody foresaw: one sentence for people, the details in a file for those who mend it."""

from __future__ import annotations

import errno
import os
import re
import tempfile
import traceback
from importlib.metadata import version
from pathlib import Path

from deskpulse.app.shell import DEBUG
from deskpulse.errors import DeskpulseError
from deskpulse.http.redact import Redactor

_HINTS = {
    errno.ENOSPC: "The disk is full: free some space and run again; nothing stored was lost.",
    errno.EFBIG: "The file may not grow: check limits and quotas; nothing stored was lost.",
    errno.EDQUOT: "The quota is used up: free some space and run again; nothing stored was lost.",
    errno.EACCES: "Check the permissions of this path.",
    errno.EPERM: "Check the permissions of this path.",
    errno.EROFS: "The file system is read-only: choose another path.",
}

_OS_ERROR = re.compile(r"\(os error (\d+)\)")
"""How libraries in Rust, such as polars, tell what the operating system refused."""


def as_error(problem: Exception, redactor: Redactor) -> DeskpulseError:
    """Any exception as an error that can be told; secrets are masked."""
    if isinstance(problem, DeskpulseError):
        return problem
    if isinstance(problem, OSError) and problem.filename is not None:
        path = os.fsdecode(problem.filename)
        return DeskpulseError(
            f"{path}: {problem.strerror}", hint=_HINTS.get(problem.errno or 0, "")
        )
    told = _OS_ERROR.search(str(problem))
    if told is not None and int(told[1]) in _HINTS:
        number = int(told[1])
        return DeskpulseError(os.strerror(number), hint=_HINTS[number])
    return DeskpulseError(
        f"a fault in deskpulse or a plugin: {type(problem).__name__}", hint=_keep(problem, redactor)
    )


def in_a_line(message: str, hint: str) -> str:
    """What went wrong, and then what to do, for a log that has one line an event."""
    return f"{message.rstrip('.')}. {hint}" if hint else message


def _keep(problem: Exception, redactor: Redactor) -> str:
    """Write the traceback down; returns where it is and what to do."""
    text = "".join(traceback.format_exception(problem))
    details = redactor.redact(f"deskpulse {version('deskpulse')}\n{text}")
    try:
        descriptor, path = tempfile.mkstemp(prefix="deskpulse-fault-", suffix=".txt")
        os.close(descriptor)
        Path(path).write_text(details, encoding="utf-8", errors="replace")
    except OSError:
        return f"Run again with {DEBUG}=1 to see the details, and report them."
    return f"The details are in {path}; please report this. Nothing stored was lost."

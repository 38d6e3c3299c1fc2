"""Where the program writes: data to standard output, everything else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from typing import TYPE_CHECKING, Any, TextIO

from deskpulse_reports.safe import clean

if TYPE_CHECKING:
    from rich.console import Console

    from deskpulse.errors import DeskpulseError

LONGEST = 2_000
"""Characters of one message that are shown; foreign text in it may be any size."""


def out() -> Console:
    """Standard output, for data."""
    from rich.console import Console

    return Console(soft_wrap=not sys.stdout.isatty(), highlight=False, emoji=False)


def errors() -> Console:
    """Standard error, for progress, warnings and errors."""
    from rich.console import Console

    return Console(stderr=True, soft_wrap=not sys.stderr.isatty(), highlight=False, emoji=False)


def plain(text: object) -> str:
    """Text that may hold a customer's words: one harmless line, never read as markup."""
    from rich.markup import escape

    return escape(clean(str(text), LONGEST))


def tell(text: str, *, style: str = "") -> None:
    """A sentence for the operator, on standard error."""
    errors().print(plain(text), style=style or None)


def tell_error(problem: DeskpulseError) -> None:
    """What went wrong and what to do about it."""
    errors().print(f"[bold red]error[/]: {plain(problem.message)}")
    if problem.hint:
        errors().print(f"  {plain(problem.hint)}", style="dim")


def print_json(value: Any) -> None:
    """Data for programs, on standard output; instants as ISO 8601."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    sys.stdout.write(orjson.dumps(value, option=options, default=str).decode() + "\n")


def print_json_line(value: Any, to: TextIO) -> None:
    """One event for programs that read line by line."""
    import orjson

    to.write(orjson.dumps(value, default=str).decode() + "\n")
    to.flush()


@contextmanager
def reserved_output(*, for_json: bool) -> Iterator[TextIO]:
    """Standard output; reserved `for_json`, what others print meanwhile goes to standard error.

    A console notifier prints its messages, and those are no data of the verb.
    """
    stream = sys.stdout
    with redirect_stdout(sys.stderr) if for_json else nullcontext():
        yield stream

"""Print a message: styled on a terminal, plain text anywhere else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, ClassVar, Literal, TextIO

from pydantic import Field
from rich import console as rich_console
from rich.text import Text as StyledText

from deskpulse.errors import DeliveryDeferred
from deskpulse.notifier import Notifier, Receipt
from deskpulse_notifiers.plain import Style, lines_of, text_of

if TYPE_CHECKING:
    from deskpulse.message import Message

_STYLES: dict[Style, str] = {
    "title": "bold",
    "heading": "bold cyan",
    "good": "green",
    "bad": "red",
    "text": "",
    "quiet": "dim",
}


class Console(Notifier):
    """Prints to standard output, or to the stream that it is given."""

    name: ClassVar[str] = "console"

    class Config(Notifier.Config):
        """Settings of a `console` notifier."""

        colour: Literal["auto", "always", "never"] = Field(
            default="auto",
            description="Styles: auto (on a terminal only), always or never.",
        )

    config: Config

    def __init__(self, config: Config, stream: TextIO | None = None) -> None:
        super().__init__(config)
        self._stream = stream

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Print it; what came before stays. A stream that is gone defers the message."""
        del previous
        # Looked up late: whoever redirects standard output after the start is followed.
        stream = self._stream or sys.stdout
        try:
            if self._styled(stream):
                _print_styled(message, stream)
            else:
                stream.write(_speakable(text_of(message) + "\n", stream))
            stream.flush()
        except (OSError, ValueError) as problem:
            raise DeliveryDeferred(
                f"console: the output stream cannot be written ({type(problem).__name__})",
                hint="Check where the output of deskpulse goes: a closed pipe or a full disk.",
            ) from None
        return Receipt(note="printed")

    def check(self) -> str:
        """Always reachable; says where messages go."""
        return "prints to standard output"

    def preview(self, message: Message) -> str:
        """The text that is printed, without styles."""
        return text_of(message)

    def _styled(self, stream: TextIO) -> bool:
        if self.config.colour == "auto":
            return stream.isatty()
        return self.config.colour == "always"


def _print_styled(message: Message, stream: TextIO) -> None:
    terminal = rich_console.Console(
        file=stream, force_terminal=True, highlight=False, markup=False, emoji=False
    )
    for line in lines_of(message):
        text = StyledText(_speakable(line.text, stream), style=_STYLES[line.style])
        terminal.print(text, soft_wrap=True)
    terminal.print()


def _speakable(text: str, stream: TextIO) -> str:
    """What the stream's encoding lacks becomes `?`: a Latin-1 terminal must not lose a message."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)

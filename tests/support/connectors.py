"""Small connectors without HTTP, whose pages a test writes down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from deskpulse.connector import Connector, Page, Stream
from deskpulse.records import Ticket
from support.clock import FakeClock
from support.stores import DAY_1


def to_ticket(raw: Any) -> Ticket:
    return Ticket.read({"created_at": DAY_1, **raw})


@dataclass
class Script:
    """One stream: `pull(cursor)` gives pages or raises; `asked` are the cursors it was given."""

    pull: Callable[[str | None], Iterator[Page]]
    asked: list[str | None] = field(default_factory=list)

    def __call__(self, cursor: str | None) -> Iterator[Page]:
        self.asked.append(cursor)
        yield from self.pull(cursor)


class Scripted(Connector):
    """A source whose streams are scripts."""

    name = "scripted"

    def __init__(self, source: str = "desk", **streams: Any) -> None:
        super().__init__(Connector.Config(), None, FakeClock(), source)
        self.scripts: dict[str, Script] = {}
        self._streams = []
        for name, made in streams.items():
            options = made if isinstance(made, dict) else {"pull": made}
            script = Script(options.pop("pull"))
            self.scripts[name] = script
            options.setdefault("parse", to_ticket)
            self._streams.append(Stream(name, script, **options))

    def streams(self) -> list[Stream]:
        return self._streams


def pages(*made: Any) -> Callable[[str | None], Iterator[Page]]:
    """A pull that goes through these pages, from the one after its cursor; errors are raised.

    A page is a `Page` or a list of ticket ids; its cursor is then its number, from 1.
    """

    def pull(cursor: str | None) -> Iterator[Page]:
        for number, page in enumerate(made[int(cursor or 0) :], int(cursor or 0) + 1):
            if isinstance(page, Exception):
                raise page
            if isinstance(page, Page):
                yield page
            else:
                yield Page([{"id": str(ident)} for ident in page], str(number))

    return pull

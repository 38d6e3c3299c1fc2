"""A workbench: one connector over a transport that a test chooses, and what pulling it brings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from deskpulse.connector import Connector, Page, Stream
from deskpulse.errors import SourceChanged
from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.records import Record
from deskpulse.sync.parsing import parse_page
from deskpulse.testing.clock import FrozenClock
from deskpulse.testing.tape import Player

SOURCE = "contract"
"""The configured name under which contracts open a connector."""


@dataclass(slots=True)
class Pulled:
    """What one pull brought: pages, and the records and rejections of each."""

    pages: list[Page] = field(default_factory=list)
    records: list[list[Record]] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)

    def texts(self, first: int = 0, after: int | None = None) -> frozenset[str]:
        """The records of pages `first` to `after` (not included), each as a text that says all."""
        return frozenset(text_of(r) for page in self.records[first:after] for r in page)

    @property
    def cursor(self) -> str | None:
        """The cursor after the last page."""
        return self.pages[-1].cursor if self.pages else None


def text_of(record: Record) -> str:
    """Kind, id and every field of a record that is set."""
    known = {name: value for name, value in sorted(record.__dict__.items()) if value is not None}
    return f"{record.kind_name} {record.id} {known!r}"


@contextmanager
def opened(
    connector: type[Connector],
    settings: Any,
    transport: httpx.BaseTransport,
    clock: FrozenClock,
) -> Iterator[Connector]:
    """The connector as core makes it, with its network replaced and its waits taking no time."""
    if not connector.base_url(settings):
        yield connector(settings, None, clock, SOURCE)
        return
    with HttpClient.for_connector(
        connector,
        settings,
        source=SOURCE,
        clock=clock,
        redactor=Redactor(),
        transport=transport,
        random=Random(7),  # noqa: S311  spreads retries, and always the same way
    ) as http:
        yield connector(settings, http, clock, SOURCE)


def pull(stream: Stream, cursor: str | None, player: Player | None = None) -> Pulled:
    """Pull a stream to its end the way the sync engine does, and parse every page.

    What the connector raises goes through. A request that the player could not answer is raised
    as `TapeMiss` even if the connector swallowed it.
    """
    pulled = Pulled()
    for page in stream.pull(cursor):
        parsed = parse_page(stream, page, keep_raw=False)
        if page.vendor_count is not None and page.vendor_count != len(page.records):
            raise SourceChanged(
                f"{stream.name}: vendor_count is {page.vendor_count}, {len(page.records)} arrived"
            )
        pulled.pages.append(page)
        pulled.records.append(parsed.records)
        pulled.rejected += [error for _, error, _ in parsed.rejected]
        if player is not None:
            player.demand_no_miss()
    if player is not None:
        player.demand_no_miss()
    return pulled

"""Facts from the store, piece by piece: of everything by id ranges, or of what is dirty."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

import polars as pl

from deskpulse.store import Store
from deskpulse.store.dirty import marked_records, marked_tickets
from deskpulse.store.history import Frames, HistoryReader
from deskpulse.store.ranges import IdRange, ranges
from deskpulse_reports.mart.parts import parts_of
from deskpulse_reports.mart.stored import Rules, record_parts, ticket_parts
from deskpulse_reports.mart.writer import Piece
from deskpulse_reports.sla.clock import COLUMNS, EMPTY
from deskpulse_reports.sla.kept import changed

T = TypeVar("T")
TICKETS = 20_000
"""Tickets derived at once: bounds the memory."""
RECORDS = 200_000
"""Other records derived at once."""


Save = Callable[[pl.DataFrame, pl.DataFrame], None]
"""Called with source and ticket_id of tickets whose SLA clocks changed, and with their clocks."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """Reads within the reader's snapshot, and saves SLA clocks as it goes.

    `remembers`: the store may have clocks already; `forgives`: their verdicts are not kept.
    """

    store: Store
    reader: HistoryReader
    rules: Rules
    save: Save
    remembers: bool
    forgives: bool = False

    def everything(self, owner: str) -> Iterator[Piece]:
        """The rows of every owner of a kind."""
        if owner == "ticket":
            people = self.reader.people()
            parts = (self._read(part, people) for part in ranges(self.store, TICKETS))
            for frames, acting, stored in _ahead(parts):
                yield self._of_tickets(frames, acting, stored)
                del frames, acting  # or they would still be there while the next ones are read
            return
        tiers = self.reader.tiers()
        for part in ranges(self.store, RECORDS, owner):
            records = self.reader.records(owner, part)
            if records.height:  # most surveys and calls belong to tickets, and come with them
                yield self._of_records(owner, records, tiers)

    def _read(self, part: IdRange, people: Frames) -> tuple[Frames, Frames, pl.DataFrame]:
        """The history of a range of tickets, who acts in it, and the SLA clocks they have."""
        stored = self.reader.clocks(part) if self.remembers else EMPTY
        frames = self.reader.range(part)
        return frames, _acting_in(frames, people), stored

    def dirty(self, owner: str) -> Iterator[Piece]:
        """The rows of the owners that are marked, and their keys; few come as one piece."""
        most = TICKETS if owner == "ticket" else RECORDS
        waiting: list[Piece] = []
        for source, ids in self._marked(owner, most):
            waiting.append(self._named(owner, source, ids))
            if sum(piece.keys.height for piece in waiting) >= most:
                yield _together(owner, waiting)
                waiting = []
        if waiting:
            yield _together(owner, waiting)

    def _marked(self, owner: str, most: int) -> Iterator[tuple[str, list[str]]]:
        with self.store.reading() as connection:
            if owner == "ticket":
                marks = marked_tickets(connection)
            else:
                marks = marked_records(connection, owner)
        for source, mine in groupby(sorted(marks), key=lambda mark: mark[0]):
            ids = [ident for _, ident, _ in mine]
            for start in range(0, len(ids), most):
                yield source, ids[start : start + most]

    def _named(self, owner: str, source: str, ids: Sequence[str]) -> Piece:
        keys = pl.DataFrame(
            {"source": [source] * len(ids), "id": list(ids)},
            schema={"source": pl.String, "id": pl.String},
        )
        if owner == "ticket":
            frames = self.reader.tickets(source, ids)
            stored = self.reader.clocks_of(source, ids) if self.remembers else EMPTY
            piece = self._of_tickets(frames, self.reader.people_of(source, frames), stored)
        else:
            records = self.reader.records_of(owner, source, ids)
            piece = self._of_records(owner, records, self.reader.tiers())
        return replace(piece, keys=keys)  # of those that were not found, too

    def _of_tickets(self, frames: Frames, people: Frames, stored: pl.DataFrame) -> Piece:
        stored = stored.select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())
        kept = stored.clear() if self.forgives else stored
        facts, clocks = ticket_parts(frames, people, self.rules, kept)
        differ = changed(clocks, stored)
        if differ.height:
            self.save(differ, clocks.join(differ, on=["source", "ticket_id"], how="semi"))
        return Piece(facts, frames["tickets"].select("source", "id"))

    def _of_records(self, owner: str, records: pl.DataFrame, tiers: pl.DataFrame) -> Piece:
        facts = record_parts(owner, records, tiers, self.rules.settings)
        return Piece(facts, records.select("source", "id"))


def _ahead(items: Iterator[T]) -> Iterator[T]:
    """The same, each made while the one before it is worked on: reading keeps one core busy."""
    end = object()
    with ThreadPoolExecutor(1, "read") as thread:
        coming = thread.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = thread.submit(next, items, end)
            yield item  # type: ignore[misc]  # all but the end are items
            del item  # or it would still be there while another one is waited for


def _acting_in(frames: Frames, people: Frames) -> Frames:
    """Of all people those in `frames`: every join of derive would go through the others, too.

    By id alone, which may leave in somebody of another source: that is quicker, and joins tell.
    """
    acting = pl.concat([frames["messages"]["author_id"], frames["changes"]["actor_id"]])
    return {
        **people,
        "roles": _those(people["roles"], "person_id", acting),
        "contacts": _those(people["contacts"], "requester_id", frames["tickets"]["requester_id"]),
    }


def _those(people: pl.DataFrame, column: str, ids: pl.Series) -> pl.DataFrame:
    return people.filter(pl.col(column).is_in(ids.unique().implode()))


def _together(owner: str, pieces: Sequence[Piece]) -> Piece:
    facts = {
        part.name: pl.concat([piece.facts[part.name] for piece in pieces])
        for part in parts_of(owner)
    }
    return Piece(facts, pl.concat([piece.keys for piece in pieces]))

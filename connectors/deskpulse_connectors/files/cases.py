"""Gathers the rows of an event log by case, and hands on the records of each case.

The rows of a file are held in memory: about 500 bytes a row with ten columns in use.
When a file has grown, the earlier rows of the cases that go on are read once more, so that a case
is always seen whole. A case must not be spread over several files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse_connectors.files.eventlog import Event, EventLog
from deskpulse_connectors.files.inputs import Input
from deskpulse_connectors.files.loading import ROWS, Batch, Item
from deskpulse_connectors.files.mapping import place
from deskpulse_connectors.files.reading import reading
from deskpulse_connectors.files.rejects import Rejected
from deskpulse_connectors.files.rows import Position
from deskpulse_connectors.files.settings import Table

Cases = dict[str, list[Event]]


def load_cases(source: Input, table: Table, start: Position) -> Iterator[Batch]:
    """The records of every case that has rows from `start` on."""
    log = EventLog(source.name, table)
    cases: Cases = {}
    bad: list[Item] = []
    after = start
    for found, position in _events(source, table, log, start):
        after = position
        if isinstance(found, Rejected):
            bad.append(found)
        else:
            cases.setdefault(found[0], []).append(found[1])
    if cases and start.at > 0:
        _add_earlier(cases, _events(source, table, log, Position()), start.line)
    items = _items(cases, log, bad, start.line)
    while batch := list(islice(items, ROWS)):
        yield batch, start  # a case may have rows anywhere, so only the whole file is done
    yield [], after


def _items(cases: Cases, log: EventLog, bad: list[Item], new_from: int) -> Iterator[Item]:
    yield from bad
    for case in list(cases):
        for item in log.records(case, cases.pop(case)):
            if not isinstance(item, Rejected) or item.line >= new_from:
                yield item  # older rows were rejected when they were new


def _add_earlier(
    cases: Cases,
    events: Iterator[tuple[Rejected | tuple[str, Event], Position]],
    new_from: int,
) -> None:
    for found, _ in events:
        if isinstance(found, Rejected):
            continue
        case, event = found
        if event.line >= new_from:
            return
        if case in cases:
            cases[case].append(event)


def _events(
    source: Input, table: Table, log: EventLog, start: Position
) -> Iterator[tuple[Rejected | tuple[str, Event], Position]]:
    with reading(source, table, start) as opened:
        take = _taker(opened.columns, log.used)
        for row in opened.rows:
            if row.fault:
                yield Rejected(source.name, row.line, row.fault, row.raw), row.after
                continue
            cells = take(row.cells)
            try:
                yield log.event(row.line, cells), row.after
            except RecordRejected as problem:
                raw = list(cells) if row.raw is None else row.raw
                yield Rejected(source.name, row.line, problem.message, raw), row.after


def _taker(columns: Sequence[str] | None, used: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    if columns is None:
        return lambda found: tuple(found.get(name) for name in used)
    pick = itemgetter(*(place(columns, name) for name in used))  # at least case and time: a tuple
    same: dict[str, str] = {}  # one object for equal texts: a log repeats them endlessly

    def take(cells: Sequence[Any]) -> tuple[Any, ...]:
        picked: tuple[Any, ...] = pick(cells)
        if set(map(type, picked)) == {str}:  # in Parquet 1, 1.0 and True would become one
            return tuple(map(same.setdefault, picked, picked))
        return picked

    return take

"""Turns the rows of one case of an event log into its ticket, changes and messages. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from deskpulse.clock import to_micros
from deskpulse.errors import RecordRejected
from deskpulse.records import Change, Record, Ticket
from deskpulse_connectors.files.mapping import Mapper, is_missing, nested, place
from deskpulse_connectors.files.messages import MessageRows
from deskpulse_connectors.files.rejects import Rejected
from deskpulse_connectors.files.settings import CHANGE_NAMES, Table
from deskpulse_connectors.files.values import instants, text_of

USUAL_CHANGES = ("status", "assignee_id", "team_id", "priority", "reason", "kind", "tags")
"""Fields whose differences become changes unless `changes` says otherwise."""

Difference = tuple[str, str | None, str | None]
"""A field, its old and its new value."""


class Event(NamedTuple):
    """One row of a case: the cells of the columns that are in use."""

    line: int
    order: str
    at: datetime
    cells: tuple[Any, ...]


class EventLog:
    """The rules of one event log, for rows that hold the columns of `used_columns(table)`.

    `file` names it in rejected rows.
    """

    def __init__(self, file: str, table: Table) -> None:
        self.used = used_columns(table)
        self._file = file
        self._missing = frozenset(table.missing)
        self._case = place(self.used, str(table.case))
        self._time = place(self.used, str(table.time))
        self._order = None if table.order is None else place(self.used, table.order)
        self._actor = None if table.actor is None else place(self.used, table.actor)
        self._instant = instants(table.date_format, table.zone)
        self._messages = (
            MessageRows(table.messages, self.used, self._missing) if table.messages else None
        )
        wanted = USUAL_CHANGES if table.changes is None else table.changes
        self._changes = [field for field in wanted if field in table.columns]
        followed = [f for f, rule in table.columns.items() if rule.carry or f in self._changes]
        self._followed = Mapper(table, self.used, followed)
        # a ticket always has a status: a row without one leaves it as it was
        self._carried = {f: table.columns[f].carry or f == "status" for f in followed}
        stated = [field for field in table.columns if field not in followed]
        self._stated = Mapper(table, self.used, stated)

    def event(self, line: int, cells: tuple[Any, ...]) -> tuple[str, Event]:
        """A row's case and event. Raises `RecordRejected` if it has no case, time or order."""
        case = self._text(cells, self._case, "case")
        time = cells[self._time]
        if is_missing(time, self._missing):
            raise RecordRejected(f"column {self.used[self._time]!r} (time) is missing")
        try:
            at: datetime = self._instant(time)
        except ValueError as problem:
            raise RecordRejected(f"column {self.used[self._time]!r}: {problem}") from None
        if self._order is None:
            return case, Event(line, str(to_micros(at)), at, cells)
        return case, Event(line, self._text(cells, self._order, "order"), at, cells)

    def records(self, case: str, events: Iterable[Event]) -> Iterator[Record | Rejected]:
        """The changes and messages of a case, then its ticket; rows that fail come as `Rejected`.

        Ids are made of case, order and field, so the same rows always give the same records.
        """
        rows = sorted(events, key=_by_order)
        state: dict[str, Any] = {}
        sound: list[Event] = []
        steps: dict[str, int] = {}
        seq = 0
        for event in rows:
            again = steps[event.order] = steps.get(event.order, 0) + 1
            try:
                after = self._state(state, event.cells)
                changed = self._changed(state, after) if sound else []
                found: list[Record] = []
                if changed or self._messages:
                    step = event.order if again == 1 else f"{event.order}.{again}"
                    found = self._history(f"{case}/{step}", case, event, changed, seq)
            except RecordRejected as problem:
                yield self._rejected(event, problem)
            else:
                yield from found
                seq += len(changed)
                state = after
                sound.append(event)
        for event in reversed(sound):  # the newest row that makes a ticket
            try:
                yield self._ticket(case, rows[0], event, state)
            except RecordRejected as problem:
                yield self._rejected(event, problem)
            else:
                return

    def _state(self, before: Mapping[str, Any], cells: tuple[Any, ...]) -> dict[str, Any]:
        found = self._followed.values(cells)
        return {
            field: found.get(field, before.get(field) if carried else None)
            for field, carried in self._carried.items()
        }

    def _changed(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
        return [
            (field, _worded(before[field]), _worded(after[field]))
            for field in self._changes
            if before[field] != after[field]
        ]

    def _history(
        self, identity: str, case: str, event: Event, changed: Sequence[Difference], seq: int
    ) -> list[Record]:
        actor = self._cell(event.cells, self._actor)
        found: list[Record] = [
            Change.read(
                {
                    "id": f"{identity}/{field}",
                    "ticket_id": case,
                    "changed_at": event.at,
                    "seq": seq + n,
                    "actor_id": actor,
                    "field": CHANGE_NAMES.get(field, field.removeprefix("custom.")),
                    "old": old,
                    "new": new,
                }
            )
            for n, (field, old, new) in enumerate(changed)
        ]
        if self._messages:
            message = self._messages.message(identity, case, event.at, event.cells)
            found += [message] if message else []
        return found

    def _ticket(self, case: str, first: Event, last: Event, state: Mapping[str, Any]) -> Ticket:
        ours = {
            "id": case,
            "created_at": first.at,
            "updated_at": last.at,
            "source_version": last.order,
        }
        known = {field: value for field, value in state.items() if value is not None}
        return Ticket.read({**ours, **nested({**self._stated.values(last.cells), **known})})

    def _rejected(self, event: Event, problem: RecordRejected) -> Rejected:
        raw = dict(zip(self.used, event.cells, strict=True))
        return Rejected(self._file, event.line, problem.message, raw)

    def _text(self, cells: tuple[Any, ...], at: int, what: str) -> str:
        value = self._cell(cells, at)
        if value is None:
            raise RecordRejected(f"column {self.used[at]!r} ({what}) is missing")
        return value

    def _cell(self, cells: tuple[Any, ...], at: int | None) -> str | None:
        if at is None or is_missing(cells[at], self._missing):
            return None
        return text_of(cells[at])


def used_columns(table: Table) -> list[str]:
    """The columns of an event log that anything is made of."""
    names = [table.case, table.time, table.order, table.actor]
    names += [rule.column for rule in table.columns.values()]
    if table.messages:
        names += [table.messages.column, table.messages.author_id, table.messages.body]
    return sorted({name for name in names if name is not None})


def _by_order(event: Event) -> tuple[float, str, datetime, int]:
    try:
        number = float(event.order)
    except ValueError:
        return (math.inf, event.order, event.at, event.line)
    return (number, "", event.at, event.line)


def _worded(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return ",".join(map(str, value)) if isinstance(value, list) else text_of(value)

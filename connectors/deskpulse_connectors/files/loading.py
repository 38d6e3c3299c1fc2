"""Turns the rows of one input into records: our own, or another's table by its mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records import KINDS, Record, read_record
from deskpulse_connectors.files import values
from deskpulse_connectors.files.fields import GROUPS, check_target, shape_of
from deskpulse_connectors.files.inputs import Input, Unreadable
from deskpulse_connectors.files.mapping import Mapper, is_missing, nested
from deskpulse_connectors.files.reading import Reading, reading
from deskpulse_connectors.files.rejects import Rejected
from deskpulse_connectors.files.rows import Position, Row
from deskpulse_connectors.files.settings import Table

Item = Record | Rejected
Batch = tuple[list[Item], Position]
"""What was made of some rows, and where reading goes on once it is stored."""

Build = Callable[[Any], Record]

ROWS = 2_000
"""Rows of a batch: a page in memory, and what a crash repeats."""


def load_rows(source: Input, table: Table, start: Position) -> Iterator[Batch]:
    """The records of a table in which every row is one record."""
    items: list[Item] = []
    position = start
    with reading(source, table, start) as opened:
        build = _builder(source, table, opened)
        for row in opened.rows:
            items.append(_item(source.name, build, row))
            position = row.after
            if len(items) >= ROWS:
                yield items, position
                items = []
    yield items, position


def _item(name: str, build: Build, row: Row) -> Item:
    if row.fault:
        return Rejected(name, row.line, row.fault, row.raw)
    try:
        return build(row.cells)
    except RecordRejected as problem:
        raw = row.cells if row.raw is None else row.raw
        return Rejected(name, row.line, problem.message, raw)


def _builder(source: Input, table: Table, opened: Reading) -> Build:
    if table.columns:
        return _mapped(table, opened.columns)
    kind = table.record or kind_of(source.inner)
    if opened.columns is None:
        return lambda cells: own_record(cells, kind)
    if kind is None:
        raise Unreadable(
            f"its name says no kind of record; call it {next(iter(KINDS))}s.csv, or set record"
        )
    return _own_rows(table, kind, opened.columns)


def _mapped(table: Table, columns: Sequence[str] | None) -> Build:
    kind = KINDS[str(table.record)]
    if columns is not None:
        mapper = Mapper(table, columns, table.columns)
        return lambda cells: kind.read(nested(mapper.values(cells)))
    wanted = sorted({rule.column for rule in table.columns.values() if rule.column is not None})
    mapper = Mapper(table, wanted, table.columns)
    return lambda found: kind.read(nested(mapper.values([found.get(name) for name in wanted])))


def _own_rows(table: Table, kind: str, columns: Sequence[str]) -> Build:
    missing = frozenset(table.missing)
    plan: list[tuple[int, str, values.Converter]] = []
    for at, name in enumerate(columns):
        if name == "of" and kind == "tombstone":
            plan.append((at, name, _as_is))
            continue
        if name not in {"record", "source"}:
            try:
                check_target(kind, name, ())
            except ValueError as problem:
                raise Unreadable(str(problem)) from None
        plan.append((at, name, _reader_of(kind, name)))

    def build(cells: Sequence[Any]) -> Record:
        flat: dict[str, Any] = {}
        for at, name, convert in plan:
            if not is_missing(cells[at], missing):
                try:
                    flat[name] = convert(cells[at])
                except ValueError as problem:
                    raise RecordRejected(f"column {name!r}: {problem}") from None
        return own_record(nested(flat), kind)

    return build


def _reader_of(kind: str, name: str) -> values.Converter:
    if name in {"record", "source"}:
        return _as_is
    if "." in name and name.partition(".")[0] in GROUPS:
        return values.plain
    shape = shape_of(kind, name)
    if shape == "list":
        return values.split_at(",")
    return values.as_json if shape == "object" else _as_is


def own_record(fields: Mapping[str, Any], kind: str | None) -> Record:
    """A record of our own format; `kind` where the line has no `record`.

    Raises `RecordRejected`, also for ids that JSON could only hold as a rounded number.
    """
    for name in ("id", "ticket_id"):
        if isinstance(fields.get(name), float):
            raise RecordRejected(f"{name} came as the number {fields[name]!r}; write it as text")
    if kind is not None and "record" not in fields:
        fields = {**fields, "record": kind}
    return read_record(fields)


def kind_of(name: PurePath) -> str | None:
    """The kind of record that a file's name says: ticket.csv, tickets.csv, tickets-2026-05.csv."""
    stem = name.stem.lower()
    for kind in sorted(KINDS, key=len, reverse=True):
        for word in (f"{kind}s", kind, f"{kind[:-1]}ies"):
            rest = stem.removeprefix(word)
            if rest != stem and (not rest or rest[0] in "-_. "):
                return kind
    return None


def _as_is(cell: Any) -> Any:
    return cell

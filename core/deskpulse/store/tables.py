"""The tables of the records: each kind's validated class gets a table twin, made from its fields.

`SQLModel(table=True)` does not validate, so the records that cross the plugin boundary are plain
models and their twins live only here. A twin adds what core knows: when and why a record went.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from deskpulse.records import KINDS, Record
from deskpulse.store.types import INSTANT, TEXT, Form, form_of

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

HISTORY = frozenset({"message", "change"})
"""Kinds that are read by ticket: their rows are clustered by it (docs/decisions/0003-store.md)."""

IMMORTAL = frozenset({"tombstone", "role"})
"""Kinds that never go."""

REMOVAL = ("removed_at", "removed_reason")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RecordTable:
    """One kind's twin: the SQL table and the way from a record to a row."""

    kind: type[Record]
    model: type[SQLModel]
    table: Table
    columns: tuple[str, ...]
    """Column names in row order: source, id, then the record's other fields."""
    forms: tuple[Form, ...]

    @property
    def name(self) -> str:
        """The table's name, which is the kind's."""
        return self.kind.kind_name

    @property
    def mortal(self) -> bool:
        """Whether rows carry `removed_at` and `removed_reason`."""
        return self.name not in IMMORTAL

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell one row from another."""
        return ("source", "record", "id") if self.name == "tombstone" else ("source", "id")

    @property
    def stored_columns(self) -> tuple[str, ...]:
        """Every column of the table: the record's, then those that core keeps."""
        return (*self.columns, *REMOVAL) if self.mortal else self.columns

    def rows(
        self, source: str, records: Sequence[Record], without: Container[str] = ()
    ) -> list[Row]:
        """The records of `source` as tuples in column order; null in the columns `without`."""
        fields = [record.__dict__ for record in records]
        nothing = [None] * len(records)
        columns: list[list[Any]] = [[source] * len(records)]
        for name, form in zip(self.columns[1:], self.forms[1:], strict=True):
            kept = name not in without
            columns.append(form.column([each[name] for each in fields]) if kept else nothing)
        return list(zip(*columns, strict=True))

    def record(self, row: Mapping[str, Any]) -> Record:
        """The record of a stored row."""
        values = {
            column: form.load(row[column])
            if form.load is not None and row[column] is not None
            else row[column]
            for column, form in zip(self.columns, self.forms, strict=True)
        }
        return self.kind.model_construct(**values)


def _twin(kind: type[Record]) -> RecordTable:
    name = kind.kind_name
    forms = {"source": TEXT, "id": TEXT}
    for field, info in kind.model_fields.items():
        forms.setdefault(field, form_of(info.annotation))
    required = {f for f, info in kind.model_fields.items() if info.is_required()} | {"source"}
    key = {"tombstone": ("source", "record", "id")}.get(name, ("source", "id"))
    if name in HISTORY:
        key = ("source", "ticket_id", "id")
    columns = dict(forms)
    if name not in IMMORTAL:
        columns |= dict(zip(REMOVAL, (INSTANT, TEXT), strict=True))
    arguments: tuple[Any, ...] = ({"sqlite_with_rowid": False},)
    if name in HISTORY:
        arguments = (PrimaryKeyConstraint(*key), UniqueConstraint("source", "id"), *arguments)
    body: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": f"The stored form of {kind.__name__}.",
        "__tablename__": name,
        "__table_args__": arguments,
        "__annotations__": dict.fromkeys(columns, Any),
    }
    for field, form in columns.items():
        body[field] = Field(
            default=None,
            primary_key=field in key,
            nullable=field not in required,
            sa_type=form.sql,
        )
    make: Any = type(SQLModel)
    model = make(f"{kind.__name__}Row", (SQLModel,), body, table=True)
    table: Table = model.__table__
    return RecordTable(kind, model, table, tuple(forms), tuple(forms.values()))


def _build() -> dict[str, RecordTable]:
    twins = {name: _twin(kind) for name, kind in KINDS.items()}
    message = twins["message"].table.c
    Index(
        "ix_message_author",
        message.source,
        message.author_id,
        sqlite_where=text("author_role IS NULL"),
        postgresql_where=text("author_role IS NULL"),
    )
    role, survey, metric = (twins[k].table.c for k in ("role", "survey", "vendor_metric"))
    Index("ix_role_person", role.source, role.person_id)
    ticket = twins["ticket"].table.c
    Index("ix_ticket_requester", ticket.source, ticket.requester_id, ticket.created_at)
    for kind in ("interaction", "worklog"):
        of = twins[kind].table.c
        Index(f"ix_{kind}_ticket", of.source, of.ticket_id)
    Index("ix_survey_ticket", survey.source, survey.ticket_id)
    Index("ix_vendor_metric_ticket", metric.source, metric.ticket_id)
    return twins


SQLModel.metadata.naming_convention = NAMING
TABLES: Mapping[str, RecordTable] = MappingProxyType(_build())
"""Every kind's twin, by the kind's name."""

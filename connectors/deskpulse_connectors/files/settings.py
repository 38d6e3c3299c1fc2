"""The settings of `[sources.X]` with `use = "files"`: which files, and what their columns mean."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator, model_validator

from deskpulse.connector import Connector, Described
from deskpulse.records import KINDS
from deskpulse.records.base import Role, Scalar
from deskpulse.records.tickets import Channel
from deskpulse_connectors.files.fields import check_target

Format = Literal["ndjson", "csv", "parquet"]

CHANGE_NAMES: Mapping[str, str] = {
    "assignee_id": "assignee",
    "team_id": "team",
    "schedule_id": "schedule",
}
"""Ticket fields whose Change has a name of its own; every other field keeps its name."""

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class Column(Described):
    """Where one field of a record comes from."""

    column: str | None = Field(
        None, description="Name of the column; NAME#2 is the second column of that name."
    )
    constant: Scalar = Field(None, description="The same value for every row, instead of a column.")
    values: dict[str, Scalar] | None = Field(
        None, description="The file's values and ours; others are refused unless default is set."
    )
    default: Scalar = Field(
        None, description="Used where the cell is missing or values does not know it."
    )
    format: str | None = Field(
        None,
        description="Form of dates: strptime codes, iso, unix or unix_ms; overrides the table.",
    )
    zone: str | None = Field(None, description="IANA zone of times without an offset.")
    split: str | None = Field(None, min_length=1, description="Separator between values of a list.")
    type: Literal["text", "number", "bool"] | None = Field(
        None, description="Type of a custom field; CSV cells are text unless it is set."
    )
    carry: bool = Field(
        False,  # noqa: FBT003  pydantic's signature
        description="In event logs: a missing or unknown value keeps the one of the row before.",
    )

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        return _zone(zone)

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == ("constant" not in self.model_fields_set):
            raise ValueError("set either column or constant")
        return self


class MessageRule(Described):
    """What a row with this value is: a public reply or an internal note, and by whom."""

    public: bool = Field(description="Whether the customer sees it.")
    author_role: Role | None = Field(None, description="Role of the author, if the log says so.")
    auto: bool = Field(False, description="True for automatic replies.")  # noqa: FBT003  pydantic's signature
    channel: Channel | None = Field(None, description="Channel of the message.")


class Messages(Described):
    """Which rows of an event log are messages."""

    column: str = Field(description="Column whose value says what happened.")
    values: dict[str, MessageRule] = Field(description="The values that are messages.")
    author_id: str | None = Field(None, description="Column with the author's id.")
    body: str | None = Field(None, description="Column with the text.")


class Table(Described):
    """One table: the files of a pattern that share one form.

    Without `columns` its rows are our own records. With `kind = "events"` a row is one event of a
    case, and `columns` are the ticket's fields, which the case's newest row gives.
    """

    name: str = Field("", description="Name of the stream; by default the kind of record.")
    path: str = Field(
        description="File or glob pattern; ${NAME} and ${NAME:-default} are expanded."
    )
    record: str | None = Field(None, description="Kind of record, such as ticket.")
    kind: Literal["rows", "events"] = Field(
        "rows", description="One row a record, or an event log."
    )
    format: Format | None = Field(None, description="Form of the files; by default by suffix.")
    encoding: str | None = Field(
        None, description="Encoding of text files, such as latin-1; default UTF-8 or by its BOM."
    )
    delimiter: str | None = Field(
        None, min_length=1, max_length=1, description="CSV separator; default comma (.tsv: tab)."
    )
    decimal: Literal[".", ","] = Field(".", description="What decimals follow in numbers.")
    header: list[str] | None = Field(
        None, description="Names of the columns of a CSV file that has no header line."
    )
    missing: list[str] = Field([""], description="Cells that mean no value.")
    zone: str | None = Field(None, description="IANA zone of times without an offset.")
    date_format: str | None = Field(
        None, description="Form of dates: strptime codes, iso, unix or unix_ms; default iso."
    )
    columns: dict[str, Column] = Field({}, description="Fields of the record and their columns.")
    case: str | None = Field(None, description="Events: column with the ticket's id.")
    order: str | None = Field(None, description="Events: column that orders the rows of a case.")
    time: str | None = Field(None, description="Events: column with the time of the event.")
    actor: str | None = Field(None, description="Events: column with the id of who did it.")
    changes: list[str] | None = Field(
        None, description="Events: ticket fields whose differences are changes; default all usual."
    )
    messages: Messages | None = Field(None, description="Events: which rows are messages.")

    @field_validator("path")
    @classmethod
    def _resolved(cls, path: str, info: ValidationInfo) -> str:
        return resolve(path, info)

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        return _zone(zone)

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str | None) -> str | None:
        try:
            return encoding and codecs.lookup(encoding).name
        except LookupError:
            raise ValueError(
                f"unknown encoding {encoding!r}; use utf-8, latin-1, cp1252, utf-16, ..."
            ) from None

    @field_validator("record")
    @classmethod
    def _known_record(cls, record: str | None) -> str | None:
        if record is not None and record not in KINDS:
            raise ValueError(f"{record!r} is not a kind of record; allowed: {', '.join(KINDS)}")
        return record

    @field_validator("columns", mode="before")
    @classmethod
    def _flat(cls, columns: Any) -> Any:
        if not isinstance(columns, Mapping):
            return columns
        flat: dict[str, Any] = {}
        for field, rule in columns.items():
            nested = field in {"custom", "dims"} and isinstance(rule, Mapping)
            for name, inner in rule.items() if nested else [("", rule)]:
                key = f"{field}.{name}" if nested else field
                flat[key] = {"column": inner} if isinstance(inner, str) else inner
        return flat

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind == "events":
            self._check_events()
        elif self.columns and self.record is None:
            raise ValueError("a table with columns needs record, such as record = 'ticket'")
        else:
            extra = self.model_fields_set & {
                "case",
                "order",
                "time",
                "actor",
                "changes",
                "messages",
            }
            if extra:
                raise ValueError(f"{', '.join(sorted(extra))}: only with kind = 'events'")
        for field, rule in self.columns.items():
            check_target(self.record or "ticket", field, _outcomes(rule))
        return self

    def _check_events(self) -> None:
        if self.case is None or self.time is None:
            raise ValueError("an event log needs case and time, the columns of ticket id and time")
        if self.case == self.time:
            raise ValueError(f"case and time cannot be one column, {self.case!r}")
        if self.record not in {None, "ticket"}:
            raise ValueError("an event log gives tickets; leave record out")
        if "id" in self.columns:
            raise ValueError("the id of an event log's ticket is its case; leave id out")
        for field in self.changes or ():
            if field not in self.columns:
                raise ValueError(f"changes names {field!r}, which columns does not have")


class FilesConfig(Connector.Config):
    """Settings of a source that reads files. `path` is for our own records, `tables` for others'.

    Relative paths count from the configuration's folder, given as validation context `base`.
    """

    path: str | None = Field(
        None, description="Our own records: a file or glob pattern of NDJSON, CSV or Parquet."
    )
    record: str | None = Field(
        None, description="Kind of the records of path, unless the lines or file names say it."
    )
    tables: list[Table] = Field([], description="Tables with their own columns, and event logs.")
    rejects: str = Field(
        "rejects",
        validate_default=True,
        description="Folder that keeps rows that could not be used.",
    )

    @field_validator("rejects")
    @classmethod
    def _resolved(cls, path: str, info: ValidationInfo) -> str:
        return resolve(path, info)

    @model_validator(mode="before")
    @classmethod
    def _own_table(cls, values: Any) -> Any:
        # `path` is short for one table of our own records
        if not isinstance(values, Mapping) or not isinstance(values.get("path"), str):
            return values
        own = {"name": "records", "path": values["path"], "record": values.get("record")}
        return {**values, "tables": [own, *values.get("tables", [])]}

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.tables:
            raise ValueError("nothing to read: set path, or [[sources.X.tables]]")
        names = [stream_name(table) for table in self.tables]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two tables are called {', '.join(twice)}; give each a name")
        return self


def stream_name(table: Table) -> str:
    """The name of a table's stream: its own, or what it holds."""
    return table.name or ("events" if table.kind == "events" else table.record or "records")


def resolve(path: str, info: ValidationInfo) -> str:
    """An absolute path: `${NAME}` expanded, relative to the validation context's `base`."""
    base = (info.context or {}).get("base") or Path.cwd()
    expanded = _VARIABLE.sub(_variable, path)
    return os.path.normpath(Path(base) / Path(expanded).expanduser())


def _variable(match: re.Match[str]) -> str:
    name, default = match.groups()
    value = os.environ.get(name) or default
    if value is None:
        raise ValueError(
            f"the environment variable {name} is not set; set it, or write ${{{name}:-DEFAULT}}"
        )
    return value


def _zone(zone: str | None) -> str | None:
    try:
        return zone and ZoneInfo(zone).key
    except (ValueError, OSError, LookupError):
        raise ValueError(
            f"unknown zone {zone!r}; use an IANA name such as Europe/Berlin or UTC"
        ) from None


def _outcomes(rule: Column) -> list[Scalar]:
    named = [*(rule.values or {}).values(), rule.constant, rule.default]
    return [value for value in named if value is not None]

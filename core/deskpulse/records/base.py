"""What every record has in common: identity, validation, and errors that name the field."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import SQLModel

from deskpulse.errors import RecordRejected

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


Instant = AwareDatetime
"""An instant with an offset; a naive time is refused. Stored as UTC, to the microsecond."""

EventInstant = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
"""An instant that orders history, so a sentinel such as 1969-12-31 or 9999-12-31 is refused."""

Id = Annotated[str, Field(min_length=1, max_length=512)]
"""A vendor's id, as text whatever its type (ids exceed 2**53; some are UUIDs)."""

Money = Annotated[Decimal, Field(allow_inf_nan=False)]
Day = date
Role = Literal["customer", "agent", "bot", "system"]
Scalar = str | int | float | bool | None


class Record(SQLModel):
    """The base of every kind. `source` is set by core; `id` is the vendor's."""

    model_config = ConfigDict(  # type: ignore[assignment]
        extra="forbid", coerce_numbers_to_str=True, ser_json_inf_nan="null"
    )
    kind_name: ClassVar[str]
    """The kind's name in files, tables and `Tombstone.record`: `ticket`, `message`, ..."""

    id: Id
    source: str = ""

    # SQLModel's constructors serve its tables, and records are none. Without a constructor of its
    # own pydantic makes an instance of the class in native code, several times as fast.
    if not TYPE_CHECKING:  # mypy would lose the fields of a record with an assigned constructor
        __init__ = BaseModel.__init__

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """A bare instance, which pydantic fills."""
        bare: Self = object.__new__(cls)
        return bare

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Self:
        """Build a record from plain values, or raise `RecordRejected` naming each wrong field."""
        try:
            record: Self = cls.__pydantic_validator__.validate_python(fields)
        except ValidationError as problem:
            raise RecordRejected(describe(cls, fields, problem)) from None
        return record


_OUT_OF_RANGE = frozenset({"greater_than_equal", "less_than"})
"""What pydantic calls an `EventInstant` that is none."""

_SCALARS = frozenset({"str", "int", "float", "bool"})
"""What pydantic calls the branches of a `Scalar`."""


def describe(kind: type[Record], fields: Mapping[str, Any], problem: ValidationError) -> str:
    """One line that names the record, each wrong field, what came and what is allowed."""
    parts = []
    for error in problem.errors(include_url=False, include_context=False):
        name = ".".join(str(step) for step in error["loc"]) or "record"
        if error["type"] == "extra_forbidden":
            near = difflib.get_close_matches(name, kind.model_fields, n=1)
            advice = f"; did you mean {near[0]!r}?" if near else "; vendor fields go into custom"
            parts.append(f"unknown field {name!r}{advice}")
        elif error["type"] == "missing":
            parts.append(f"{name} is missing")
        elif error["type"] in _OUT_OF_RANGE:
            parts.append(
                f"{name}: {error['input']} is not a plausible time for an event"
                f" (allowed: {EARLIEST.date()} to {LATEST.date()}); correct it at the source"
            )
        else:
            came = repr(error.get("input"))
            shown = came if len(came) <= 60 else came[:57] + "..."
            of, _, branch = name.rpartition(".")
            # pydantic tells of every type that a custom field might have had
            if of and branch in _SCALARS:
                parts.append(f"{of}: Input should be a text, a number, a yes or no (came: {shown})")
            else:
                parts.append(f"{name}: {error['msg']} (came: {shown})")
    identity = str(fields.get("id", "without id"))[:80]
    return f"{kind.kind_name} {identity}: " + "; ".join(dict.fromkeys(parts))

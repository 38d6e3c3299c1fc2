"""What an analysis works with: the mart, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from deskpulse.clock import to_micros
from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import buckets
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.question import Clocking
from deskpulse_reports.kpis.session import Session
from deskpulse_reports.kpis.spec import Analysis, Parameter

if TYPE_CHECKING:
    import polars as pl

    from deskpulse_reports.kpis.result import KpiResult

_KINDS = {bool: "true or false", int: "whole number", float: "number", str: "text"}
_EARLIEST = to_micros(datetime(1970, 1, 2, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Study:
    """The mart and the question of one analysis.

    `first` and `last` are local days of `zone`, both included; None: from the beginning, up to the
    present. `as_of` is the present (aware). `by` are dimensions that the spec declares.
    `parameters` holds every parameter of the spec, as set or by default. `compute` asks another
    KPI, as `KpiEngine.compute` does.
    """

    session: Session
    place: str
    zone: ZoneInfo
    as_of: datetime
    compute: Callable[..., KpiResult]
    first: date | None = None
    last: date | None = None
    by: tuple[str, ...] = ()
    every: buckets.Grain | None = None
    clock: Clocking = "calendar"
    week_start: int = 0
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query in DuckDB's SQL over the fact tables answers.

        For queries of our own only: nothing checks them but the session's lock.
        """
        return self.session.rows(query, self.place)

    def frame(self, query: str) -> pl.DataFrame:
        """The same as a polars frame: for what SQL says badly."""
        return self.session.frame(query, self.place)

    def columns(self, table: str) -> list[str]:
        """The columns of a fact table, custom fields included."""
        return self.frame(f'SELECT * FROM "{table}" LIMIT 0').columns  # noqa: S608  ours

    @property
    def now(self) -> int:
        """The present in epoch microseconds."""
        return to_micros(self.as_of)

    @property
    def today(self) -> date:
        """The local day of the present."""
        return self.as_of.astimezone(self.zone).date()

    @property
    def since(self) -> int | None:
        """The first instant of the window, in epoch microseconds; None: from the beginning."""
        return None if self.first is None else buckets.midnight(self.first.toordinal(), self.zone)

    @property
    def until(self) -> int | None:
        """The first instant after the window; None: up to the present."""
        if self.last is None:
            return None
        return buckets.midnight(self.last.toordinal() + 1, self.zone)

    def within(self, column: str) -> str:
        """SQL: the instant lies within the window; false where it is null."""
        parts = [f"{column} IS NOT NULL"]
        parts += [f"{column} >= {self.since}"] if self.since is not None else []
        parts += [f"{column} < {self.until}"] if self.until is not None else []
        return f"({' AND '.join(parts)})"

    def day(self, column: str) -> str:
        """SQL: the local day of an instant, as `date.toordinal` numbers it."""
        return buckets.day(self._local(column)).sql("duckdb")

    def weekday(self, column: str) -> str:
        """SQL: the local weekday of an instant, 0 Monday .. 6 Sunday."""
        return buckets.weekday(self._local(column)).sql("duckdb")

    def hour(self, column: str) -> str:
        """SQL: the local hour of an instant, 0 .. 23."""
        return buckets.hour_of_day(self._local(column)).sql("duckdb")

    def bucket(self, column: str, grain: buckets.Grain) -> str:
        """SQL: the number of the local hour, day, week or month of an instant."""
        return buckets.bucket(self._local(column), grain, self.week_start).sql("duckdb")

    def label(self, bucket: int, grain: buckets.Grain) -> str:
        """How a bucket is written: its first local day."""
        return buckets.label(bucket, grain, self.week_start)

    def _local(self, column: str) -> exp.Expr:
        since = _EARLIEST if self.since is None else self.since - buckets.DAY
        until = (self.now if self.until is None else self.until) + 2 * 366 * buckets.DAY
        return buckets.local(exp.column(column), buckets.offsets(self.zone, since, until))


def settled(spec: Analysis, given: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Every parameter of an analysis: as given, text read as the type of its default.

    Raises ConfigError naming the parameter, what came and what is allowed.
    """
    for name in given:
        if name not in spec.parameters:
            raise ConfigError(
                f"{spec.id} has no parameter {name!r}{nearest(name, spec.parameters)}: "
                f"{allowed(spec.parameters)}"
            )
    return spec.parameters | {
        name: _read(value, spec.parameters[name], f"{spec.id}: {name}")
        for name, value in given.items()
    }


def _read(value: Parameter, default: Parameter, place: str) -> Parameter:
    kind = type(default)
    if isinstance(value, str) and kind is bool and value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        read = kind(value)
    except ValueError:
        read = None
    if read is None or (kind is bool and not isinstance(value, bool)):
        raise ConfigError(f"{place} = {value!r} is no {_KINDS[kind]}")
    return read

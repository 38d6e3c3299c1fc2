"""`use = "target"`: a KPI that is worse than it should be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from deskpulse.errors import ConfigError
from deskpulse.rule import Condition, Rule, Signal
from deskpulse_reports import words
from deskpulse_reports.kpis.asked import only_now
from deskpulse_reports.kpis.buckets import Grain
from deskpulse_reports.kpis.result import Dim, KpiRow
from deskpulse_reports.kpis.spec import Analysis, AnySpec, Measure, Stock
from deskpulse_reports.kpis.target import amount
from deskpulse_reports.rules import choice, judging, target_words
from deskpulse_reports.rules.desk import Desk
from deskpulse_reports.rules.threshold import Side, Threshold, of_target

_GRAINS: Mapping[int, Grain] = {1: "day", 7: "week"}
_SEEN = timedelta(days=28)


class KpiTarget(Rule):
    """One subject is the KPI of one team (or of one value of another dimension).

    The limit is `above` or `below`, else what `[targets]` says. Of a value between the limit and
    `clear_below` (or `clear_above`) it says `unknown`, so an alert that is on stays on.
    """

    name: ClassVar[str] = "target"

    class Config(Rule.Config):
        """Settings of `[rules.X]` with `use = "target"`."""

        kpi: str = Field(description="Id of the KPI.")
        by: list[str] = Field(
            default_factory=list, description='Dimensions that are judged apart, such as "team".'
        )
        only: dict[str, list[str]] = Field(
            default_factory=dict, description="Values of a dimension that are judged; else all."
        )
        over: str = Field(
            default="7d", description='Local days up to today, today included: "1d", "7d", "28d".'
        )
        above: float | str | None = Field(
            default=None, description='It holds above this: a number, "30m" or "90%".'
        )
        below: float | str | None = Field(default=None, description="It holds below this.")
        clear_below: float | str | None = Field(
            default=None, description="With above: it is over only at this or less."
        )
        clear_above: float | str | None = Field(
            default=None, description="With below: it is over only at this or more."
        )
        minimum_sample: int | None = Field(
            default=None, ge=1, description="Below this n nothing is judged; else the KPI's own."
        )
        clock: Literal["calendar", "business"] = Field(
            default="calendar", description="Clock of the durations."
        )

        @field_validator("over")
        @classmethod
        def _days(cls, given: str) -> str:
            if not re.fullmatch(r"[1-9]\d{0,2}d", given):
                raise ValueError(f'"{given}" is no number of days; write "1d", "7d" or "28d"')
            return given

        @model_validator(mode="after")
        def _one_side(self) -> KpiTarget.Config:
            if self.above is not None and self.below is not None:
                raise ValueError("give above or below, not both")
            if self.clear_below is not None and self.above is None:
                raise ValueError("clear_below goes with above")
            if self.clear_above is not None and self.below is None:
                raise ValueError("clear_above goes with below")
            return self

    config: Config

    def signals(self, desk: Desk) -> Iterator[Signal]:
        """One signal a rung for the KPI of each team, or of everything."""
        spec = desk.catalog[self.config.kpi]
        sources = self.config.only.get("source", ()) if "source" in self.config.by else ()
        if judging.any_stale(desk, sources) and judging.known_to(desk, sources) is None:
            return  # nothing was ever derived: there is no value and there are no teams
        stale = judging.any_stale(desk, sources)
        for row in self._rows(spec, desk):
            for rung in self._rungs(spec, row.dims, desk):
                condition, why = self._condition(spec, row, rung, stale=stale)
                yield target_words.signal(
                    spec, row, rung, condition, desk,
                    clock=self._clock, over=self._over(spec), why=why,
                )  # fmt: skip

    def mistakes(self, desk: Desk) -> Iterable[str]:
        """A KPI, a dimension or an amount that cannot be used, or a KPI without any limit."""
        try:
            spec = desk.catalog[self.config.kpi]
        except ConfigError as problem:
            yield f"kpi: {problem.message}"
            return
        if isinstance(spec, Analysis):
            yield f"kpi: {spec.id} answers with a table; choose a KPI with a value"
            return
        known = target_words.dimensions(spec, desk)
        yield from choice.strange("by", self.config.by, known)
        yield from choice.strange("only", self.config.only, set(self.config.by))
        try:
            rungs = self._inline(spec)
        except ConfigError as problem:
            yield problem.message
            return
        for rung in rungs:
            if rung.holds(rung.clear_at):
                yield f"clear_{'below' if rung.side == 'above' else 'above'} is beyond the limit"
        if not rungs and not self._has_target(spec, desk):
            yield (
                f"{spec.id} has no limit: give above or below, or add [targets.{spec.id}] with a "
                "goal"
            )

    # --- the limit ---------------------------------------------------------------------------

    def _inline(self, spec: AnySpec) -> tuple[Threshold, ...]:
        config = self.config
        side: Side = "above" if config.above is not None else "below"
        limit, clear = (
            (config.above, config.clear_below)
            if side == "above"
            else (config.below, config.clear_above)
        )
        if limit is None:
            return ()
        at = amount(limit, spec.unit, side)
        other = "clear_below" if side == "above" else "clear_above"
        return (Threshold(side, at, at if clear is None else amount(clear, spec.unit, other)),)

    def _rungs(self, spec: AnySpec, dims: Mapping[str, Dim], desk: Desk) -> tuple[Threshold, ...]:
        if inline := self._inline(spec):
            return inline
        target = desk.target(spec.id, dims, self._clock, self._grain)
        return of_target(target) if target else ()

    def _has_target(self, spec: AnySpec, desk: Desk) -> bool:
        """Whether there may be one: those of single teams are seen when a team has a value."""
        return bool(self.config.by) or bool(desk.target(spec.id, {}, self._clock, self._grain))

    # --- the value ---------------------------------------------------------------------------

    def _rows(self, spec: AnySpec, desk: Desk) -> list[KpiRow]:
        by, clock = tuple(self.config.by), self.config.clock
        today = desk.now.astimezone(ZoneInfo(desk.zone)).date()
        if only_now(spec):
            found = desk.kpi(spec.id, by, clock=clock)
        elif isinstance(spec, Stock):
            found = desk.kpi(spec.id, by, start=today, end=today, clock=clock)
        else:
            first = today - timedelta(days=self._days_back - 1)
            found = desk.kpi(spec.id, by, start=first, end=today, clock=clock)
        rows = list(found.rows)
        if by and words.is_count(spec.unit):
            rows += self._missing(spec, rows, desk)
        return sorted(filter(self._wanted, rows), key=lambda row: target_words.subject(spec, row))

    def _missing(self, spec: AnySpec, rows: list[KpiRow], desk: Desk) -> list[KpiRow]:
        """Whose count is 0 has no row; that a backlog is cleared must be told all the same."""
        seen = {tuple(row.dims.items()) for row in rows}
        usual: list[dict[str, Dim]] = []
        if self.config.by == ["team"]:
            usual = [{"team": team} for _, team in desk.teams]
        if not only_now(spec):
            today = desk.now.astimezone(ZoneInfo(desk.zone)).date()
            past = desk.kpi(
                spec.id, tuple(self.config.by), every="week", start=today - _SEEN, end=today
            )
            usual += [dict(row.dims) for row in past.rows]
        unseen = {tuple(dims.items()): dims for dims in usual if tuple(dims.items()) not in seen}
        return [KpiRow(None, dims, value=0, n=0) for dims in unseen.values()]

    def _wanted(self, row: KpiRow) -> bool:
        return all(str(row.dims.get(name)) in values for name, values in self.config.only.items())

    def _condition(
        self, spec: AnySpec, row: KpiRow, rung: Threshold, *, stale: bool
    ) -> tuple[Condition, str]:
        """The condition, and why it is unknown."""
        if stale:
            return "unknown", "not judged: the data is old"
        if row.value is None or (row.n or 0) < self._minimum(spec):
            return "unknown", f"not judged: fewer than {max(self._minimum(spec), 1)} cases"
        holds = rung.holds(row.value)
        if holds is None:
            return "unknown", "between its limits, so it stays what it was"
        return ("holds" if holds else "clear"), ""

    def _minimum(self, spec: AnySpec) -> int:
        """Counts and stocks are their own sample."""
        if self.config.minimum_sample is not None:
            return self.config.minimum_sample
        sampled = isinstance(spec, Measure) and bool(spec.each or spec.share)
        return spec.minimum_sample if sampled or words.is_rate(spec.unit) else 0

    @property
    def _days_back(self) -> int:
        return int(self.config.over.removesuffix("d"))

    @property
    def _clock(self) -> str:
        return self.config.clock

    @property
    def _grain(self) -> Grain | None:
        return _GRAINS.get(self._days_back)

    def _over(self, spec: AnySpec) -> str:
        if isinstance(spec, Stock):
            return "now"
        days = self._days_back
        return "today" if days == 1 else f"the last {days} days"

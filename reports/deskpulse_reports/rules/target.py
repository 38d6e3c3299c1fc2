"""`use = "target"`: a KPI that is worse than it should be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from deskpulse.errors import ConfigError
from deskpulse.rule import Condition, Rule, Signal
from deskpulse_reports import words
from deskpulse_reports.kpis.buckets import Grain
from deskpulse_reports.kpis.question import Clocking
from deskpulse_reports.kpis.result import Dim, KpiRow
from deskpulse_reports.kpis.spec import Analysis, AnySpec, Measure, Stock
from deskpulse_reports.kpis.target import amount
from deskpulse_reports.rules import choice, judging, kpi_rows, target_words
from deskpulse_reports.rules.desk import Desk
from deskpulse_reports.rules.threshold import Side, Threshold, of_target

_GRAINS: Mapping[int, Grain] = {1: "day", 7: "week"}


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
        clock: Literal["calendar", "business"] | None = Field(
            default=None,
            description="Clock of the durations: calendar or business; else the target's own.",
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
        clock = self._clock(spec, desk)
        for row in self._rows(spec, desk, clock):
            for rung in self._rungs(spec, row.dims, desk, clock):
                condition, why = self._condition(spec, row, rung, stale=stale)
                yield target_words.signal(
                    spec, row, rung, condition, desk,
                    clock=clock, over=self._over(spec), why=why,
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
        if not rungs and not self._has_target(spec, desk, self._clock(spec, desk)):
            yield (
                f"{spec.id} has no limit over {self.config.over}: give above or below, or add "
                f"[targets.{spec.id}] with a goal"
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

    def _rungs(
        self, spec: AnySpec, dims: Mapping[str, Dim], desk: Desk, clock: Clocking
    ) -> tuple[Threshold, ...]:
        if inline := self._inline(spec):
            return inline
        target = desk.target(spec.id, dims, clock, self._grain)
        return of_target(target) if target else ()

    def _has_target(self, spec: AnySpec, desk: Desk, clock: Clocking) -> bool:
        """Whether `[targets]` says anything of it, or of one of the teams."""
        groups: list[dict[str, Dim]] = [{}]
        if "team" in self.config.by:
            groups += [{"team": team} for _, team in desk.teams]
        return any(desk.target(spec.id, dims, clock, self._grain) for dims in groups)

    def _clock(self, spec: AnySpec, desk: Desk) -> Clocking:
        """The rule's clock, else the one that its target is meant by."""
        if self.config.clock is not None:
            return self.config.clock
        inline = bool(self._inline(spec)) or self._has_target(spec, desk, "calendar")
        meant = not inline and self._has_target(spec, desk, "business")
        return "business" if meant else "calendar"

    # --- the value ---------------------------------------------------------------------------

    def _rows(self, spec: AnySpec, desk: Desk, clock: Clocking) -> list[KpiRow]:
        found = kpi_rows.rows(desk, spec, tuple(self.config.by), self._days_back, clock)
        return sorted(filter(self._wanted, found), key=lambda row: target_words.subject(spec, row))

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
    def _grain(self) -> Grain | None:
        return _GRAINS.get(self._days_back)

    def _over(self, spec: AnySpec) -> str:
        if isinstance(spec, Stock):
            return "now"
        days = self._days_back
        return "today" if days == 1 else f"the last {days} days"

"""All KPIs by id: what plugins contribute and what `[kpis.ID]` adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeGuard

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.columns import Customs
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.spec import Analysis, AnySpec, Measure, Ratio, Stock, from_config
from deskpulse_reports.kpis.sql import check


def _divisible(spec: AnySpec | None) -> TypeGuard[Measure | Stock]:
    """Whether a ratio may have it: a stock only if its past is known."""
    return isinstance(spec, Measure) or (isinstance(spec, Stock) and not spec.only_now)


class Catalog:
    """Specs by id. A value: build it, pass it."""

    def __init__(self, specs: Iterable[AnySpec], customs: Customs | None = None) -> None:
        self._specs: Mapping[str, AnySpec] = {spec.id: spec for spec in specs}
        self.customs: Customs = customs or {}

    @classmethod
    def build(
        cls,
        contributed: Iterable[AnySpec],
        configured: Mapping[str, Mapping[str, Any]],
        customs: Customs | None = None,
    ) -> Catalog:
        """The catalog of a desk: plugins' specs and those of `[kpis.*]`, each one checked.

        Raises ConfigError naming the table and the key, what came and what is allowed.
        """
        specs = {spec.id: spec for spec in contributed}
        added: list[AnySpec] = []
        for name, table in configured.items():
            if name in specs:
                raise ConfigError(
                    f"[kpis.{name}]: there is a KPI of that name already",
                    hint="Choose another id; a built-in KPI keeps its meaning.",
                )
            added.append(from_config(name, table))
        catalog = cls([*specs.values(), *added], customs)
        for spec in added:
            catalog.check(spec)
        return catalog

    def __iter__(self) -> Iterator[AnySpec]:
        return iter(self._specs.values())

    def __getitem__(self, name: str) -> AnySpec:
        """The spec of an id; raises ConfigError with the nearest one."""
        if name not in self._specs:
            raise ConfigError(
                f"there is no KPI {name!r}{nearest(name, self._specs)}",
                hint=f"`deskpulse kpi --list` describes all {len(self._specs)}.",
            )
        return self._specs[name]

    def parts(self, spec: Ratio) -> tuple[Measure | Stock, Measure | Stock]:
        """The measures or stocks above and below a ratio's line."""
        return self._part(spec, "numerator"), self._part(spec, "denominator")

    def check(self, spec: AnySpec) -> None:
        """Raise ConfigError where a spec names what is not there or not allowed."""
        if isinstance(spec, Ratio):
            self.parts(spec)
        elif not isinstance(spec, Analysis):
            check(spec, self.customs)

    def _part(self, spec: Ratio, side: str) -> Measure | Stock:
        name = getattr(spec, side)
        part = self._specs.get(name)
        if _divisible(part):
            return part
        measures = [known.id for known in self if _divisible(known)]
        problem = (
            "is a ratio itself"
            if isinstance(part, Ratio)
            else "has no past to divide by"
            if part
            else "is not known"
        )
        raise ConfigError(
            f"[kpis.{spec.id}] {side} = {name!r} {problem}{nearest(name, measures)}: "
            f"{allowed(measures)}"
        )

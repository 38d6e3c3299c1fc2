"""The targets of `[targets.KPI]`, and of a team in `[targets.KPI.team.NAME]`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.asked import dimensions
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.scan import form
from deskpulse_reports.kpis.spec import Analysis, AnySpec, Measure, Ratio
from deskpulse_reports.kpis.target import Judgement, Target, amount

Where = Callable[[str, str], str]
"""`(table, key)` to the place in the configuration: `config.toml line 12: [targets.x] goal`."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a target must know of its KPI."""

    unit: str
    direction: str
    dimensions: Iterable[str]
    is_share: bool = False


def known(catalog: Catalog) -> dict[str, Known]:
    """What targets must know of every KPI that has values."""
    return {
        spec.id: Known(
            spec.unit,
            spec.direction,
            dimensions(spec, catalog, catalog.customs),
            _is_share(spec),
        )
        for spec in catalog
        if not isinstance(spec, Analysis)
    }


def _is_share(spec: AnySpec) -> bool:
    """Whether its values are parts of a whole, so never more than 1."""
    if isinstance(spec, Ratio):
        return spec.proportion
    return isinstance(spec, Measure) and form(spec) == "share"


class Targets:
    """The targets of a desk. A value: build it, pass it."""

    def __init__(
        self, targets: Mapping[tuple[str, str | None, str | None], Target] | None = None
    ) -> None:
        self._targets = dict(targets or {})

    def __bool__(self) -> bool:
        return bool(self._targets)

    @classmethod
    def build(
        cls,
        configured: Mapping[str, Any],
        known: Mapping[str, Known],
        where: Where = lambda table, key: f"[{table}] {key}".rstrip(),
    ) -> Targets:
        """The targets of `[targets.*]`; `known` says of every KPI what a target must know.

        Raises ConfigError naming the place, what came and what is allowed.
        """
        found: dict[tuple[str, str | None, str | None], Target] = {}
        for kpi, table in configured.items():
            place = f"targets.{kpi}"
            if kpi not in known:
                raise ConfigError(
                    f"{where(place, '')}: no KPI {kpi!r}{nearest(kpi, known)}",
                    hint="`deskpulse kpi --list` names them.",
                )
            fields = {key: value for key, value in table.items() if key in Target.model_fields}
            rest = {key: value for key, value in table.items() if key not in fields}
            for dimension, values in rest.items():
                _check_dimension(where(place, dimension), dimension, values, known[kpi])
                for value, inner in values.items():
                    inside = f"{place}.{dimension}.{value}"
                    merged = {**_shared(fields), **inner}
                    found[kpi, dimension, value] = _read(merged, known[kpi], inside, where)
            if "goal" in fields or not rest:
                found[kpi, None, None] = _read(fields, known[kpi], place, where)
        return cls(found)

    def of(self, kpi: str, dims: Mapping[str, Any], clock: str, every: str | None) -> Target | None:
        """The target of a row: that of its team (or other dimension), else the KPI's own."""
        keys: list[tuple[str, str | None, str | None]] = [
            (kpi, dimension, str(value)) for dimension, value in dims.items()
        ]
        for key in [*keys, (kpi, None, None)]:
            target = self._targets.get(key)
            if target and target.clock in (None, clock or None) and target.every in (None, every):
                return target
        return None


def judgement(target: Target, value: float | None, within: float | None = None) -> Judgement:
    """Whether a value meets its target; `within` is the share of its rows that do."""
    status = None if value is None else target.status(value)
    return Judgement(target.goal, target.warn, target.direction, status, within)


def _shared(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a team's target takes over from the KPI's."""
    return {key: value for key, value in fields.items() if key not in ("goal", "warn")}


def _check_dimension(place: str, name: str, values: Any, known: Known) -> None:
    names = list(known.dimensions)
    if name not in names:
        settings = (*Target.model_fields, *names)
        raise ConfigError(
            f"{place}: neither a setting nor a dimension{nearest(name, settings)}: "
            f"{allowed(settings)}"
        )
    if not isinstance(values, Mapping) or not all(isinstance(v, Mapping) for v in values.values()):
        raise ConfigError(f"{place}: write [targets.KPI.{name}.VALUE] with a goal")


def _check_share(value: Any, place: str) -> None:
    if isinstance(value, int | float) and value > 1:
        raise ConfigError(
            f"{place} = {value:g}: this rate is at most 1",
            hint=f"For {value:g} % write {value / 100:g}.",
        )


def _read(given: Mapping[str, Any], known: Known, place: str, where: Where) -> Target:
    for key in given:
        if key not in Target.model_fields:
            near = nearest(key, Target.model_fields)
            raise ConfigError(
                f"{where(place, key)}: no such setting{near}: {allowed(Target.model_fields)}"
            )
    if known.is_share:
        for key in ("goal", "warn"):
            _check_share(given.get(key), where(place, key))
    amounts = {
        key: amount(value, known.unit, where(place, key)) if key in ("goal", "warn") else value
        for key, value in given.items()
    }
    own = known.direction if known.direction != "neutral" else None
    try:
        target = Target.model_validate({"direction": own} | amounts)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        raise ConfigError(f"{where(place, key)}: {first['msg']}") from None
    if target.direction is None:
        raise ConfigError(
            f"{where(place, 'goal')}: this KPI has no better side of its own",
            hint='Add direction = "lower" or "higher".',
        )
    if target.warn is not None and target.status(target.warn) == "good":
        raise ConfigError(
            f"{where(place, 'warn')} = {target.warn:g} is no worse than goal = {target.goal:g}",
            hint="warn says how far a value may miss the goal before that is bad.",
        )
    return target

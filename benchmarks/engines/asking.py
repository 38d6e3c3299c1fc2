"""Every spec in every way, asked of an engine; what it answers against what DuckDB answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import isclose
from typing import Any

from deskpulse_reports.kpis.asked import Asked, only_now
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import KpiEngine
from deskpulse_reports.kpis.result import KpiResult, KpiRow
from deskpulse_reports.kpis.spec import Analysis
from deskpulse_reports.kpis.words import is_clocked

FIGURES = ("value", "n", "mean", "median", "p90", "low", "high", "previous")
NEAR = 1e-9
"""How far doubles may differ, relative to the larger: engines add up in another order."""

Answer = KpiResult | str
"""A result, or why there is none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One question on one engine: `problem` empty where the answers are equal."""

    kpi: str
    question: str
    problem: str = ""
    expressible: bool = True


def questions(catalog: Catalog, engine: KpiEngine) -> list[Asked]:
    """In total, by team and by day; those that a business clock changes by that, too."""
    found = []
    for spec in catalog:
        if isinstance(spec, Analysis):
            continue
        ways: list[dict[str, Any]] = [{}]
        if "team" in engine.dimensions(spec.id):
            ways.append({"by": ("team",)})
        if not only_now(spec):
            ways.append({"every": "day"})
            ways.append({"every": "month"})
        if "tag" in engine.dimensions(spec.id):
            ways.append({"by": ("tag",)})
        if "weekday" in engine.dimensions(spec.id):
            ways.append({"by": ("weekday", "hour_of_day")})
        if is_clocked(spec, catalog):
            ways += [{**way, "clock": "business"} for way in ways[:3]]
        found += [Asked(spec.id, **way) for way in ways]
    return found


def answers(engine: KpiEngine, asked: Sequence[Asked]) -> list[Answer]:
    """The results in their order; where a question fails, the others are asked without it."""
    try:
        return list(engine.compute_many(asked))
    except Exception as problem:  # noqa: BLE001  each engine has errors of its own
        if len(asked) == 1:
            return [f"{type(problem).__name__}: {str(problem).strip().splitlines()[0][:160]}"]
    middle = len(asked) // 2
    return [*answers(engine, asked[:middle]), *answers(engine, asked[middle:])]


def compare(
    asked: Iterable[Asked], ours: Iterable[Answer], theirs: Iterable[Answer]
) -> list[Verdict]:
    """What came of each question."""
    return [
        Verdict(one.kpi, words(one), _difference(mine, other), _is_said(mine, other))
        for one, mine, other in zip(asked, ours, theirs, strict=True)
    ]


def words(asked: Asked) -> str:
    """How a question was asked."""
    said = [*asked.by, *([asked.every] if asked.every else [])]
    return f"{'by ' + ', '.join(said) if said else 'total'}, {asked.clock}"


def _is_said(mine: Answer, other: Answer) -> bool:
    return isinstance(mine, str) or not isinstance(other, str)


def _difference(mine: Answer, other: Answer) -> str:
    if isinstance(mine, str) or isinstance(other, str):
        return "" if mine == other else f"{other if isinstance(other, str) else 'a result'}"
    if len(mine.rows) != len(other.rows):
        return f"{len(other.rows)} rows for {len(mine.rows)}"
    for one, two in zip(mine.rows, other.rows, strict=True):
        if (one.bucket, dict(one.dims)) != (two.bucket, dict(two.dims)):
            return f"{two.bucket} {two.dims} for {one.bucket} {one.dims}"
        for name in FIGURES:
            if not _same(getattr(one, name), getattr(two, name)):
                told = f"{getattr(two, name)!r} for {getattr(one, name)!r}"
                return f"{name} at {one.bucket} {dict(one.dims)}: {told}"
    return ""


def _same(one: float | None, two: float | None) -> bool:
    if one is None or two is None:
        return one is two
    if isinstance(one, int) or isinstance(two, int):
        return one == two
    return isclose(one, two, rel_tol=NEAR, abs_tol=1e-12)


assert {field.name for field in fields(KpiRow)} >= set(FIGURES)

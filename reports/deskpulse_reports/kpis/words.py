"""A KPI in words: what it means, what it counts, and by whose clock."""

from __future__ import annotations

import re

from deskpulse_reports.kpis.asked import dimensions
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.columns import twins
from deskpulse_reports.kpis.scan import form
from deskpulse_reports.kpis.spec import Analysis, AnySpec, Measure, OverTable, Ratio, Stock

_DIRECTIONS = {"lower": "lower is better", "higher": "higher is better", "neutral": "neither"}
_INSTANTS = {
    "created_at": "ticket creation",
    "first_reply_at": "first reply",
    "first_resolved_at": "first resolution",
    "resolved_at": "last resolution",
    "closed_at": "closing",
    "started_at": "start",
    "ended_at": "end",
    "sent_at": "sending of the survey",
    "answered_at": "answer",
    "acted_at": "activity",
    "placed_at": "order",
    "day_at": "the day of the figure",
}
_STANDS = {
    "end": "end of the bucket",
    "start": "start of the bucket",
    "during": "any time in the bucket",
}
_HEADLINES = {
    "value": "the aggregate itself, with n rows",
    "each": "the median; with n, mean, 25th, 75th and 90th percentile (linear interpolation)",
    "share": "the share of n rows, with a 95 % Wilson interval",
}


def is_clocked(spec: AnySpec, catalog: Catalog) -> bool:
    """Whether the business clock gives another figure than the calendar."""
    if isinstance(spec, Ratio):
        return any(is_clocked(part, catalog) for part in catalog.parts(spec))
    if not isinstance(spec, Measure):
        return False
    return not set(re.findall(r"\w+", spec.expression)).isdisjoint(twins(spec.table))


def time_basis(spec: AnySpec, catalog: Catalog, attribution: str = "event") -> str:
    """What puts a value into a period."""
    match spec:
        case Ratio():
            above, below = (time_basis(part, catalog, attribution) for part in catalog.parts(spec))
            return above if above == below else f"{above} / {below}"
        case Stock():
            return spec.time_words or ("now" if spec.only_now else _STANDS[spec.stands])
        case Measure() if attribution == "created":
            return "ticket creation"
        case Measure():
            return spec.time_words or _INSTANTS.get(spec.time, spec.time)
        case _:
            return spec.time_words


def explain(spec: AnySpec, catalog: Catalog, *, zone: str, calendar: str = "") -> dict[str, str]:
    """Label -> text, in reading order, for `kpi --list` and `--explain`; no entry is empty.

    `calendar` names the business calendars in use.
    """
    lines = {
        "id": spec.id,
        "title": spec.title,
        "definition": spec.definition,
        "formula": _formula(spec, catalog),
        "value": _headline(spec),
        "unit": spec.unit,
        "better": _DIRECTIONS[spec.direction],
        "period by": time_basis(spec, catalog),
        "attribution": _attribution(spec, catalog),
        "counts": spec.population,
        "left out": _exclusions(spec, catalog),
        "split by": ", ".join(sorted(dimensions(spec, catalog, catalog.customs))),
        "parameters": _parameters(spec),
        "clocks": _clocks(spec, catalog, calendar),
        "zone": zone,
        "minimum sample": str(spec.minimum_sample),
        "source": spec.source,
    }
    return {label: text for label, text in lines.items() if text}


def _formula(spec: AnySpec, catalog: Catalog) -> str:
    match spec:
        case Measure():
            condition = f" where {spec.filter}" if spec.filter else ""
            limit = "" if spec.within is None else f" <= {spec.within:g}"
            there = f", {spec.before} before the period" if spec.before else ""
            return f"{spec.expression}{limit} over {spec.table}{condition}{there}"
        case Stock():
            condition = f" where {spec.filter}" if spec.filter else ""
            end = f" and not yet {spec.ends}" if spec.ends else ""
            what = f"sum of {spec.weight} over" if spec.weight else "rows of"
            if spec.age:
                what = f"now - {spec.age} over rows of"
            stood = "" if spec.stands == "end" else f", at {_STANDS[spec.stands]}"
            return f"{what} {spec.table}{condition}, from {spec.starts} on{end}{stood}"
        case Ratio():
            above, below = (_formula(part, catalog) for part in catalog.parts(spec))
            one = "1 - " if spec.rest else ""
            return f"{one}{spec.numerator} / {spec.denominator}: {one}({above}) / ({below})"
        case Analysis():
            return spec.formula
        case _:
            return ""


def _headline(spec: AnySpec) -> str:
    if isinstance(spec, Stock) and spec.age:
        return _HEADLINES["each"]
    return _HEADLINES[form(spec)] if isinstance(spec, Measure) else ""


def _attribution(spec: AnySpec, catalog: Catalog) -> str:
    if isinstance(spec, Stock | Analysis):
        return ""
    event, created = (time_basis(spec, catalog, way) for way in ("event", "created"))
    if event == created:
        return ""
    return f"by the event ({event}); with --attribution created by {created}"


def _exclusions(spec: AnySpec, catalog: Catalog) -> str:
    if isinstance(spec, Analysis):
        return spec.left_out
    parts = catalog.parts(spec) if isinstance(spec, Ratio) else (spec,)
    over = [part for part in parts if isinstance(part, OverTable)]
    said = []
    if over and all(part.include_removed for part in over):
        said.append("nothing: deleted, spam, merged and missing tickets count, too")
    elif over:
        said.append("deleted, spam, merged and missing tickets")
    timed = [part for part in parts if isinstance(part, Measure) and part.each]
    if any(part.unit == "seconds" or part.within is not None for part in timed):
        said.append("durations below 0 (clocks that were wrong)")
    return "; ".join(said)


def _parameters(spec: AnySpec) -> str:
    if not isinstance(spec, Analysis):
        return ""
    return ", ".join(f"{name} = {value}" for name, value in spec.parameters.items())


def _clocks(spec: AnySpec, catalog: Catalog, calendar: str) -> str:
    if is_clocked(spec, catalog):
        return f"calendar and business ({calendar or 'around the clock: no calendar is set'})"
    timed = isinstance(spec, Analysis) or spec.unit == "seconds"
    return "calendar only" if timed else ""

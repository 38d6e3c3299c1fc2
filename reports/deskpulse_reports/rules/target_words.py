"""What a rule about a KPI says."""

from __future__ import annotations

from collections.abc import Mapping

from deskpulse.message import Figure, Figures
from deskpulse.rule import Condition, Signal
from deskpulse.untrusted import Text, Untrusted
from deskpulse_reports import safe, words
from deskpulse_reports.kpis import asked
from deskpulse_reports.kpis.result import Dim, KpiRow
from deskpulse_reports.kpis.spec import AnySpec
from deskpulse_reports.rules import judging, said
from deskpulse_reports.rules.desk import Desk
from deskpulse_reports.rules.threshold import Threshold

LABELS = ("source", "team", "priority", "brand", "agent", "account", "channel")
"""Dimensions that are labels, too."""
_OURS = frozenset({"source", "team", "priority", "channel", "status", "kind", "agent", "account"})
"""Dimensions whose values no customer writes; a reason, a tag or a brand may be anybody's text."""


def dimensions(spec: AnySpec, desk: Desk) -> set[str]:
    """What the KPI can be judged by."""
    return asked.dimensions(spec, desk.catalog, desk.catalog.customs)


def subject(spec: AnySpec, row: KpiRow) -> str:
    """`backlog`, or `backlog/team=3`: the same every time."""
    return "/".join([spec.id, *(f"{name}={value}" for name, value in sorted(row.dims.items()))])


def signal(
    spec: AnySpec,
    row: KpiRow,
    rung: Threshold,
    condition: Condition,
    desk: Desk,
    *,
    clock: str,
    over: str,
    why: str,
) -> Signal:
    """What is to be said of one value against one limit; `why` it is unknown, if it is."""
    value, limit = (words.value(each, spec.unit, clock) for each in (row.value, rung.limit))
    where = _where(row.dims, desk)
    sample = "" if row.n is None or words.is_count(spec.unit) else f", {words.sample(row.n)}"
    title = f"{spec.title}{where}: {value} ({over}{sample})"
    if condition == "unknown":
        summary = f"{title}; {why}."
    elif condition == "holds":
        summary = f"{title}, {rung.side} {limit}."
    else:
        summary = f"{title}, no longer {rung.side} {limit}."
    figures = (
        Figure(spec.title, value, note=over, tone="bad" if condition == "holds" else "neutral"),
        Figure("Limit", limit, note=f"alert {rung.side} it"),
        *((Figure("Cases", words.number(row.n)),) if sample and row.n is not None else ()),
    )
    return Signal(
        subject=subject(spec, row),
        condition=condition,
        title=_text(title, row.dims),
        summary=_text(summary, row.dims),
        level=rung.level,
        severity=rung.severity,
        parts=(Figures(figures),) if condition == "holds" else (),
        labels=said.with_team(_labels(row.dims, desk), desk) | {"kpi": spec.id},
        outcome=f"{value} now" if condition == "clear" else "",
        complete_to=judging.known_to(desk),
    )


def _labels(dims: Mapping[str, Dim], desk: Desk) -> dict[str, str]:
    """The dimensions that are labels, too; a team that one source alone has names the source."""
    found = {name: safe.clean(str(dims[name])) for name in LABELS if dims.get(name) is not None}
    source = _source_of(dims, desk)
    return found | ({"source": source} if source else {})


def _source_of(dims: Mapping[str, Dim], desk: Desk) -> str | None:
    if dims.get("source") is not None:
        return str(dims["source"])
    sources = [source for source, team in desk.teams if team == str(dims.get("team"))]
    return sources[0] if len(sources) == 1 else None


def _text(text: str, dims: Mapping[str, Dim]) -> Text:
    """Words that hold a value which anybody may have written travel closed."""
    return text if set(dims) <= _OURS else Untrusted(text)


def _where(dims: Mapping[str, Dim], desk: Desk) -> str:
    """` of Billing, urgent`; empty for everything together."""
    named = [_value(name, value, dims, desk) for name, value in sorted(dims.items())]
    return f" of {', '.join(named)}" if named else ""


def _value(name: str, value: Dim, dims: Mapping[str, Dim], desk: Desk) -> str:
    if value is None:
        return f"no {name}"
    if name != "team":
        return safe.clean(f"{name} {value}", 80)
    return said.team_name(desk, _source_of(dims, desk) or "", str(value))

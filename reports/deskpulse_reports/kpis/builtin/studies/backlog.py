"""What stands open by age, by the wait for an answer, and how it came and went."""

# ruff: noqa: S608  numbers and column names of our own are all that is put into the SQL

from __future__ import annotations

from calendar import monthrange
from datetime import date

from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

HOUR = 3600 * 1_000_000
_UNSOLVED = "counted AND status IN ('new', 'open', 'pending', 'on_hold')"
_AGES = ((24, "up to 24 h"), (72, "1 to 3 days"), (168, "3 to 7 days"))
_OLDEST = "over 7 days"
_WAITS = ((4, "up to 4 h"), (8, "4 to 8 h"), (24, "8 to 24 h"), (72, "1 to 3 days"))
_LONGEST = "over 3 days"
NEVER = "never answered"
COLUMNS = {
    "source": "source", "channel": "channel", "brand": "brand", "team": "team_id",
    "agent": "agent_id", "priority": "priority", "kind": "kind", "reason": "reason",
    "language": "language", "customer": "customer_id", "account": "account_id",
    "account_tier": "account_tier", "initiated_by": "initiated_by", "status": "status",
}  # fmt: skip


def by_age(study: Study) -> Table:
    """Unsolved tickets by age now (calendar time), every age shown."""
    age = _bucket(f"{study.now} - created_at", _AGES, _OLDEST)
    return _table(study, age, _UNSOLVED, [name for _, name in _AGES] + [_OLDEST], "age")


def by_last_response(study: Study) -> Table:
    """Tickets that await a reply by the time since the last one; never answered comes first."""
    since = _bucket(f"{study.now} - last_response_at", _WAITS, _LONGEST)
    wait = f"CASE WHEN last_response_at IS NULL THEN '{NEVER}' ELSE {since} END"
    names = [NEVER, *(name for _, name in _WAITS), _LONGEST]
    return _table(study, wait, f"{_UNSOLVED} AND waiting_since IS NOT NULL", names, "last_response")


def flow(study: Study) -> Table:
    """In, out, net and backlog of each period, and how many days of work the backlog is.

    `backlog_days` is the backlog by the mean outflow of a day; null where nothing went out.
    """
    every = study.every or "day"
    asked = {"every": every, "start": study.first, "end": study.last, "compare": False}
    ins, outs, left = (
        {row.bucket: row.value or 0 for row in study.compute(kpi, **asked).rows}
        for kpi in ("inflow", "outflow", "backlog")
    )
    rows = []
    for bucket, standing in left.items():
        came, went = ins.get(bucket, 0), outs.get(bucket, 0)
        daily = went / _days(bucket or "", every)
        rows.append((bucket, came, went, came - went, standing, standing / daily if went else None))
    columns = ("period", "inflow", "outflow", "net", "backlog", "backlog_days")
    return Table(columns=columns, rows=tuple(rows))


def _days(bucket: str, every: str) -> float:
    if every == "month":
        first = date.fromisoformat(bucket)
        return monthrange(first.year, first.month)[1]
    return {"hour": 1 / 24, "day": 1, "week": 7}[every]


def _bucket(passed: str, steps: tuple[tuple[int, str], ...], last: str) -> str:
    cases = " ".join(f"WHEN {passed} <= {hours * HOUR} THEN '{name}'" for hours, name in steps)
    return f"CASE {cases} ELSE '{last}' END"


def _table(study: Study, label: str, where: str, names: list[str], column: str) -> Table:
    dims = [COLUMNS[name] for name in study.by]
    shown = ", ".join([label, *dims, "COUNT(*)", "MIN(COALESCE(waiting_since, created_at))"])
    group = ", ".join(str(place + 1) for place in range(1 + len(dims)))
    found = study.rows(f"SELECT {shown} FROM tickets WHERE {where} GROUP BY {group}")
    if not dims:
        known = {row[0] for row in found}
        found += [(name, 0, None) for name in names if name not in known]
    found.sort(key=lambda row: (names.index(row[0]), [str(value or "") for value in row[1:-2]]))
    total = sum(row[-2] for row in found)
    rows = tuple(
        (*row[:-1], row[-2] / total if total else None, _seconds(study.now, row[-1]))
        for row in found
    )
    return Table(
        columns=(column, *study.by, "tickets", "share", "oldest_s"),
        rows=rows,
        units={"share": "ratio", "oldest_s": "seconds"},
    )


def _seconds(now: int, since: int | None) -> float | None:
    return None if since is None else (now - since) / 1_000_000

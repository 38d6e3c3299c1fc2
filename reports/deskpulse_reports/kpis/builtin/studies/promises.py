"""How soon running SLA clocks will break."""

# ruff: noqa: S608  numbers and column names of our own are all that is put into the SQL

from __future__ import annotations

from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

HOUR = 3600 * 1_000_000
BROKEN = "broken"
_STEPS = ((1, "within 1 h"), (4, "1 to 4 h"), (8, "4 to 8 h"), (24, "8 to 24 h"))
_LATER = "later"
PAUSED = "paused"
NAMES = (BROKEN, *(name for _, name in _STEPS), _LATER, PAUSED)
COLUMNS = {
    "metric": "metric", "policy": "policy", "team": "team_id", "agent": "agent_id",
    "priority": "priority", "source": "source", "channel": "channel",
}  # fmt: skip


def time_left(study: Study) -> Table:
    """Open clocks by the time that is left until they break (around the clock), all shown."""
    left = f"due_at - {study.now}"
    cases = " ".join(f"WHEN {left} <= {hours * HOUR} THEN '{name}'" for hours, name in _STEPS)
    label = (
        f"CASE WHEN state = 'breached' OR due_at < {study.now} THEN '{BROKEN}' "
        f"WHEN state = 'paused' THEN '{PAUSED}' {cases} ELSE '{_LATER}' END"
    )
    dims = [COLUMNS[name] for name in study.by]
    shown = ", ".join([label, *dims, "COUNT(*)", "MIN(due_at)"])
    group = ", ".join(str(place + 1) for place in range(1 + len(dims)))
    found = study.rows(
        f"SELECT {shown} FROM sla WHERE counted AND ended_at IS NULL AND state <> 'not_started' "
        f"GROUP BY {group}"
    )
    if not dims:
        known = {row[0] for row in found}
        found += [(name, 0, None) for name in NAMES if name not in known]
    found.sort(key=lambda row: (NAMES.index(row[0]), [str(value or "") for value in row[1:-2]]))
    total = sum(row[-2] for row in found)
    return Table(
        columns=("left", *study.by, "clocks", "share", "first_s"),
        rows=tuple(
            (
                *row[:-1],
                row[-2] / total if total else None,
                None if row[-1] is None else (row[-1] - study.now) / 1_000_000,
            )
            for row in found
        ),
        units={"share": "ratio", "first_s": "seconds"},
    )

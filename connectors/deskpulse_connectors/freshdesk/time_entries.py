"""Time entries as worklogs."""

from __future__ import annotations

import re
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records import Worklog
from deskpulse_connectors.raw import need

_SPENT = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")


def to_worklog(raw: Any) -> Worklog:
    """Time that an agent logged: "01:30" is an hour and a half."""
    ident = need(raw, "id", "time entry")
    spent = _SPENT.fullmatch(str(need(raw, "time_spent", "time entry")))
    if spent is None:
        raise RecordRejected(
            f'time entry {ident}: time_spent is {raw["time_spent"]!r}; allowed: "hh:mm"'
        )
    hours, minutes, seconds = (int(each or 0) for each in spent.groups())
    return Worklog.read(
        {
            "id": ident,
            "ticket_id": raw.get("ticket_id"),
            "agent_id": raw.get("agent_id"),
            "started_at": raw.get("executed_at") or raw.get("start_time"),
            "spent_s": hours * 3600 + minutes * 60 + seconds,
            "kind": "billable" if raw.get("billable") else "not billable",
        }
    )

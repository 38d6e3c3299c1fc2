"""Which columns derive reads of each kind, and of what type they are on the way."""

from __future__ import annotations

from collections.abc import Mapping

from deskpulse.store.tables import REMOVAL, TABLES
from deskpulse.store.types import BOOLEAN, INSTANT, INTEGER, NUMBER, SMALL, Form

TEXT, WHOLE, DOUBLE, FLAG = "text", "whole", "double", "flag"

Columns = Mapping[str, str]
"""Column name -> text, whole, double or flag. Money, days and JSON are text."""


def _columns(kind: str, without: str = "") -> Columns:
    twin = TABLES[kind]
    every = dict(zip(twin.columns, map(_type, twin.forms), strict=True))
    if twin.mortal:
        every |= dict(zip(REMOVAL, (WHOLE, TEXT), strict=True))
    return {name: form for name, form in every.items() if name not in without.split()}


def _type(form: Form) -> str:
    if form in (INSTANT, INTEGER, SMALL):
        return WHOLE
    return {BOOLEAN: FLAG, NUMBER: DOUBLE}.get(form, TEXT)


TICKET_COLUMNS = _columns("ticket", "url vendor_channel source_version due_at")
MESSAGE_COLUMNS = _columns("message", "subject body removed_at removed_reason")
CHANGE_COLUMNS = _columns("change", "removed_at removed_reason")
SURVEY_COLUMNS = _columns("survey", "comment removed_at")
INTERACTION_COLUMNS = _columns("interaction", "removed_at")
WORKLOG_COLUMNS = _columns("worklog", "kind removed_at")
ROLE_COLUMNS = _columns("role")
TIER_COLUMNS: Columns = {"source": TEXT, "id": TEXT, "tier": TEXT}
CONTACT_COLUMNS: Columns = {
    "source": TEXT,
    "requester_id": TEXT,
    "reason": TEXT,
    "created_at": WHOLE,
}
CLOCK_COLUMNS: Columns = {
    "source": TEXT,
    "ticket_id": TEXT,
    "metric": TEXT,
    "n": WHOLE,
    "policy": TEXT,
    "target_s": DOUBLE,
    "clock": TEXT,
    "calendar": TEXT,
    "priority": TEXT,
    "team_id": TEXT,
    "agent_id": TEXT,
    "state": TEXT,
    "running": FLAG,
    "started_at": WHOLE,
    "standing_at": WHOLE,
    "elapsed_s": DOUBLE,
    "due_at": WHOLE,
    "breached_at": WHOLE,
    "ended_at": WHOLE,
    "reason": TEXT,
    "history": WHOLE,
}
VENDOR_COLUMNS: Columns = {"ticket_id": TEXT, "metric": TEXT, "value_s": DOUBLE}
RECORD_COLUMNS: Mapping[str, Columns] = {
    "survey": SURVEY_COLUMNS,
    "interaction": INTERACTION_COLUMNS,
    "worklog": WORKLOG_COLUMNS,
    "order": _columns("order", "removed_at"),
    "subscription": _columns("subscription", "removed_at"),
    "usage": _columns("usage", "removed_at"),
    "measurement": _columns("measurement", "removed_at"),
    "account": _columns("account", "domains custom removed_at"),
    "customer": _columns("customer", "removed_at"),
    "agent": _columns("agent", "email schedule_id removed_at"),
    "team": _columns("team", "schedule_id removed_at"),
}
"""Of the kinds with facts of their own."""

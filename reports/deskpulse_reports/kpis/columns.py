"""What expressions and dimensions may name: the columns of each fact table, and their twins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import polars as pl

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.tables import TABLES

CustomType = Literal["bool", "number", "text"]
Customs = Mapping[str, CustomType]
"""Columns `custom_<name>` of `tickets` that `[mart.custom]` declares."""

_COMMON: Mapping[str, str] = {
    "source": "source",
    "channel": "channel",
    "brand": "brand",
    "team": "team_id",
    "agent": "agent_id",
    "priority": "priority",
    "kind": "kind",
    "reason": "reason",
    "language": "language",
    "customer": "customer_id",
    "account": "account_id",
    "account_tier": "account_tier",
    "initiated_by": "initiated_by",
}
_OWN: Mapping[str, tuple[str, ...]] = {
    "tickets": ("status", "touch"),
    "replies": ("ended_by",),
    "reactions": ("ended_by",),
    "stages": ("stage",),
    "unsolved": ("stage",),
    "surveys": ("survey",),
    "interactions": ("direction", "outcome", "in_hours"),
    "activities": ("type", "field", "actor_role"),
    "sla": ("metric", "policy", "clock", "state", "ended_by"),
    "orders": ("currency",),
    "subscriptions": ("plan", "currency"),
    "payers": ("currency",),
    "usage": ("activated",),
    "measurements": ("name", "unit", "article", "article_group", "network", "sentiment"),
}
"""Where a table is not named here, its other texts and truths are its own dimensions."""
TAG = "tag"
TIME_DIMENSIONS = ("weekday", "hour_of_day")
"""Of the instant that decides the period, in the desk's zone: 0 Monday .. 6 Sunday, and 0 .. 23."""


def columns(table: str, customs: Customs) -> frozenset[str]:
    """Every column that an expression over `table` may name. Raises ConfigError."""
    known = TABLES.keys() - {"days"}
    if table not in known:
        raise ConfigError(f"no fact table {table!r}{nearest(table, known)}: {allowed(known)}")
    own = frozenset(TABLES[table])
    return own | frozenset(customs) if table == "tickets" else own


def truths_of(table: str, customs: Customs) -> frozenset[str]:
    """The columns of a table that are true or false."""
    own = frozenset(name for name, kind in TABLES[table].items() if kind == pl.Boolean)
    named = frozenset(name for name, kind in customs.items() if kind == "bool")
    return own | named if table == "tickets" else own


def record_column(table: str) -> str | None:
    """The column that names a row's own record; None where its ticket does."""
    names = [name for name in TABLES[table] if name.endswith("_id")]
    if "ticket_id" in names:
        taken = {"ticket_id", *_COMMON.values()}
        names = [] if table == "tickets" else [name for name in names if name not in taken]
    return names[0] if names else None


def twins(table: str) -> dict[str, str]:
    """Calendar column -> business column, where a table has both."""
    known = TABLES.get(table, {})
    pairs = {name: f"{name[:-1]}business_s" for name in known if name == "s" or name[-2:] == "_s"}
    return {name: twin for name, twin in pairs.items() if twin in known}


def dimensions(table: str, customs: Customs) -> dict[str, str]:
    """Dimension -> expression, as every spec over `table` has them; without tag and time.

    Raises ConfigError for a table that does not exist.
    """
    known = columns(table, customs)
    own = {name: name for name in _OWN.get(table) or _texts(table)}
    if table == "tickets":  # quoted, as a custom field may have any name
        own |= {name: quoted(name) for name in customs}
    return {name: column for name, column in _COMMON.items() if column in known} | own


def _texts(table: str) -> list[str]:
    taken = {*_COMMON.values(), "counted", "calendar"}
    kinds = (pl.String, pl.Boolean)
    return [
        name
        for name, kind in TABLES[table].items()
        if kind in kinds and name not in taken and not name.endswith("_id")
    ]


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'

"""Remove from the store what is too old: whole records, or what people wrote in them.

Facts of a ticket do not change for the age of what was written on it; a ticket that goes, goes with
everything on it, and with it go the numbers that it was part of.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from deskpulse.clock import to_micros
from deskpulse.privacy.expiry import AGES, DONE
from deskpulse.privacy.fields import FACTUAL
from deskpulse.store.sql import marked
from deskpulse.store.touched import LOOSE, RECORDS

ON_TICKETS = ("message", "change", "survey", "interaction", "worklog", "vendor_metric", "sla_clock")
"""Tables whose rows go with their ticket."""
_ALIVE = "coalesce(updated_at, created_at) >= ? OR coalesce(status, '') NOT IN ('solved', 'closed')"
_SIGNS_OF_LIFE = {
    "ticket": ("requester_id", _ALIVE),
    "order": ("customer_id", "coalesce(updated_at, placed_at) >= ?"),
    "interaction": ("customer_id", "coalesce(ended_at, answered_at, queued_at) >= ?"),
    "survey": ("customer_id", "coalesce(answered_at, sent_at) >= ?"),
    "subscription": ("customer_id", "ended_at IS NULL OR ended_at >= ?"),
}
"""By what a customer is known to be one still: who it was, and since when."""


@dataclass
class Expiry:
    """Applies `retention` as of `now` within one transaction."""

    connection: Connection
    retention: Mapping[str, timedelta]
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    mark: int = field(default_factory=lambda: secrets.randbits(62))

    def run(self) -> dict[str, int]:
        """How many rows of each kind went, or lost their words."""
        for kind, span in self.retention.items():
            limit = self.now - span
            if kind == "ticket":
                self._tickets(to_micros(limit))
            elif kind == "customer":
                self._customers(to_micros(limit))
            elif AGES[kind].words:
                self._words(kind, to_micros(limit))
            else:
                self._records(kind, limit)
        return {kind: count for kind, count in sorted(self.counts.items()) if count}

    def _words(self, kind: str, limit: int) -> None:
        words = AGES[kind].words
        sets = ", ".join(f'"{word}" = NULL' for word in words)
        there = " OR ".join(f'"{word}" IS NOT NULL' for word in words)
        facts = ", ".join(f"'{name}'" for name in sorted(FACTUAL))
        only = f" AND field NOT IN ({facts})" if kind == "change" else ""
        self._do(
            kind, f'UPDATE "{kind}" SET {sets} WHERE {_age(kind)} < ? AND ({there}){only}', limit
        )

    def _customers(self, limit: int) -> None:
        """Those of whom nothing has been heard since."""
        alive = " ".join(
            f'AND (source, id) NOT IN (SELECT source, {who} FROM "{kind}" '
            f"WHERE {who} IS NOT NULL AND ({since}))"
            for kind, (who, since) in _SIGNS_OF_LIFE.items()
        )
        old = (
            "coalesce(created_at, 0) < ? AND (name IS NOT NULL OR email IS NOT NULL "
            f"OR coalesce(custom, '{{}}') <> '{{}}') {alive}"
        )
        limits = (limit,) * (1 + len(_SIGNS_OF_LIFE))
        self._mark("customer", old, limits)
        sets = "name = NULL, email = NULL, custom = '{}'"
        self._do("customer", f"UPDATE customer SET {sets} WHERE {old}", *limits)

    def _tickets(self, limit: int) -> None:
        done = ", ".join(f"'{status}'" for status in sorted(DONE))
        old = (
            f"(status IN ({done}) OR removed_at IS NOT NULL) "
            "AND coalesce(updated_at, created_at) < ?"
        )
        self._execute(
            "INSERT INTO dirty_ticket (source, ticket_id, mark) "
            f"SELECT source, id, {self.mark} FROM ticket WHERE {old} "
            "ON CONFLICT (source, ticket_id) DO UPDATE SET mark = excluded.mark",
            limit,
        )
        for table in ON_TICKETS:
            theirs = f"(source, ticket_id) IN (SELECT source, id FROM ticket WHERE {old})"
            self._do(table, f'DELETE FROM "{table}" WHERE {theirs}', limit)
        self._do("ticket", f"DELETE FROM ticket WHERE {old}", limit)
        for table in ("message", "change"):  # of tickets that were too old to be stored at all
            orphans = "(source, ticket_id) NOT IN (SELECT source, id FROM ticket)"
            self._do(table, f'DELETE FROM "{table}" WHERE {_age(table)} < ? AND {orphans}', limit)

    def _records(self, kind: str, limit: datetime) -> None:
        by_day = AGES[kind].instants == ("day",)
        value: Any = limit.date().isoformat() if by_day else to_micros(limit)
        old = f"{_age(kind)} < ?"
        if kind in LOOSE:
            self._execute(
                "INSERT INTO dirty_ticket (source, ticket_id, mark) "
                f'SELECT DISTINCT source, ticket_id, {self.mark} FROM "{kind}" '
                f"WHERE ticket_id IS NOT NULL AND {old} "
                "ON CONFLICT (source, ticket_id) DO UPDATE SET mark = excluded.mark",
                value,
            )
        if kind in RECORDS:
            self._mark(kind, old, (value,))
        self._do(kind, f'DELETE FROM "{kind}" WHERE {old}', value)

    def _mark(self, kind: str, old: str, values: tuple[Any, ...]) -> None:
        self._execute(
            f"INSERT INTO dirty_record (kind, source, id, mark) SELECT '{kind}', source, id, "
            f'{self.mark} FROM "{kind}" WHERE {old} '
            "ON CONFLICT (kind, source, id) DO UPDATE SET mark = excluded.mark",
            *values,
        )

    def _do(self, kind: str, statement: str, *values: Any) -> None:
        self.counts[kind] += self._execute(statement, *values)

    def _execute(self, statement: str, *values: Any) -> int:
        return self.connection.exec_driver_sql(marked(self.connection, statement), values).rowcount


def _age(kind: str) -> str:
    instants = AGES[kind].instants
    return instants[0] if len(instants) == 1 else f"coalesce({', '.join(instants)})"

"""Whose facts a page touches: tickets by their own records and by others, and records apart."""

from __future__ import annotations

from sqlalchemy import Connection

from deskpulse.store.contacts import followed
from deskpulse.store.delta import Deltas
from deskpulse.store.sql import select_in

TICKET_OF = {
    "ticket": "id",
    "message": "ticket_id",
    "change": "ticket_id",
    "survey": "ticket_id",
    "interaction": "ticket_id",
    "worklog": "ticket_id",
}
"""Kinds whose row makes its own ticket dirty, and the column that names it."""

LOOSE = ("survey", "interaction", "worklog")
"""Kinds that belong to a ticket or to none; those of none have facts of their own."""

RECORDS = (
    *LOOSE,
    "order",
    "subscription",
    "usage",
    "measurement",
    "account",
    "customer",
    "agent",
    "team",
)
"""Kinds with facts of their own."""

_TIERED = ("order", "subscription", "customer")
"""Kinds whose facts repeat the tier of their account."""


def touched_tickets(connection: Connection, source: str, deltas: Deltas) -> set[str]:
    """By their own records, their authors' roles, their account, or the customer's next contact."""
    tickets: set[str] = set()
    for kind, column in TICKET_OF.items():
        if kind in deltas:
            tickets |= deltas[kind].values(column)
    for kind, ids in _gone(deltas).items():
        if kind in LOOSE:
            tickets |= select_in(
                connection,
                f'SELECT ticket_id FROM wanted CROSS JOIN "{kind}" '
                "WHERE source = ? AND id = wanted.value AND ticket_id IS NOT NULL",
                source,
                ids,
            )
    if "tombstone" in deltas:
        for _, stone in deltas["tombstone"].named():
            if stone["record"] == "ticket":
                tickets |= {stone["id"], stone["into"]} - {None}
    tickets |= select_in(
        connection,
        "SELECT id FROM ticket WHERE source = ? AND account_id IN (SELECT value FROM wanted)",
        source,
        _other_tiers(deltas),
    )
    return tickets | _by_role(connection, source, deltas) | followed(connection, source, deltas)


def touched_records(connection: Connection, source: str, deltas: Deltas) -> dict[str, set[str]]:
    """By kind: the ids of records with facts of their own that changed, went, or lost a ticket."""
    gone = _gone(deltas)
    found = {kind: set(gone.get(kind, ())) for kind in RECORDS}
    for kind in RECORDS:
        if kind in deltas:
            found[kind] |= {
                after["id"]
                for before, after in deltas[kind].named()
                if kind not in LOOSE
                or after["ticket_id"] is None
                or (before is not None and before["ticket_id"] is None)
            }
    tiers = _other_tiers(deltas)
    for kind in _TIERED:
        found[kind] |= select_in(
            connection,
            f'SELECT id FROM "{kind}" WHERE source = ? '
            "AND account_id IN (SELECT value FROM wanted)",
            source,
            tiers,
        )
    return {kind: ids for kind, ids in found.items() if ids}


def _gone(deltas: Deltas) -> dict[str, set[str]]:
    gone: dict[str, set[str]] = {}
    if "tombstone" in deltas:
        for _, stone in deltas["tombstone"].named():
            gone.setdefault(stone["record"], set()).add(stone["id"])
    return gone


def _other_tiers(deltas: Deltas) -> set[str]:
    """Accounts whose tier is another now."""
    if "account" not in deltas:
        return set()
    return {
        after["id"]
        for before, after in deltas["account"].named()
        if (None if before is None else before["tier"]) != after["tier"]
    }


def _by_role(connection: Connection, source: str, deltas: Deltas) -> set[str]:
    """Tickets on which these people wrote or acted without saying as what they did."""
    if "role" not in deltas:
        return set()
    people = deltas["role"].values("person_id")
    wrote = select_in(
        connection,
        "SELECT DISTINCT ticket_id FROM wanted CROSS JOIN message "
        "WHERE source = ? AND author_role IS NULL AND author_id = wanted.value",
        source,
        people,
    )
    # what customers change is no activity, so only those who help, or once did, matter here; they
    # are few and seldom new, which spares an index on every change
    helpers = select_in(
        connection,
        "SELECT DISTINCT person_id FROM wanted CROSS JOIN role "
        "WHERE source = ? AND person_id = wanted.value AND role <> 'customer'",
        source,
        people,
    )
    helpers |= {
        after["person_id"]
        for before, after in deltas["role"].named()
        if before is not None and before["role"] != "customer"
    }
    return wrote | select_in(
        connection,
        "SELECT DISTINCT ticket_id FROM change WHERE source = ? AND actor_role IS NULL "
        "AND actor_id IN (SELECT value FROM wanted)",
        source,
        helpers,
    )

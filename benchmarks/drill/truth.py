"""The store against what the simulator knows: what is lost, what is too much, what is wrong."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from deskpulse.clock import to_micros
from deskpulse.store import Store

VERDICTS = {"good": 1.0, "bad": 0.0}


@dataclass(frozen=True, slots=True)
class Finding:
    """Of one kind: how many there should be, and how many are missing, too many, different."""

    kind: str
    expected: int
    lost: int
    doubled: int
    wrong: int
    example: str = ""

    @property
    def sound(self) -> bool:
        """Nothing lost, doubled or wrong."""
        return not (self.lost or self.doubled or self.wrong)


Rows = Mapping[Hashable, Any]


def compare(kind: str, expected: Rows, stored: Rows, *, more: bool = False) -> Finding:
    """Both by their key. `more`: the store may hold others besides."""
    lost = expected.keys() - stored.keys()
    doubled = set() if more else stored.keys() - expected.keys()
    wrong = {key for key in expected.keys() & stored.keys() if expected[key] != stored[key]}
    odd = sorted(map(str, [*lost, *doubled, *wrong]))
    example = odd[0] if odd else ""
    if wrong:
        key = min(wrong, key=str)
        example = f"{key}: {stored[key]} instead of {expected[key]}"
    return Finding(kind, len(expected), len(lost), len(doubled), len(wrong), example[:300])


def against_truth(store: Store, truth: Mapping[str, Any]) -> list[Finding]:
    """Every kind that the simulator gives account of."""
    rows = _Rows(store)
    gone = rows.of("tombstone", "id", "reason", '"into"', where="record = 'ticket'")
    known = rows.of("ticket", *_TICKET)
    deleted = set(truth["deleted"])
    present = {key: known[key][1:] for key in known.keys() - deleted}
    return [
        compare("tickets", {k: _ticket(v) for k, v in truth["tickets"].items()}, present),
        compare(
            "tombstones: deleted",
            dict.fromkeys(deleted - truth["merged"].keys(), True),  # a merge is for good
            {key: True for key, (_, reason, _) in gone.items() if reason == "deleted"},
        ),
        compare(
            "tombstones: merged",
            truth["merged"],
            {key: into for key, (_, reason, into) in gone.items() if reason == "merged"},
        ),
        compare(
            "deleted tickets stay removed",
            dict.fromkeys(known.keys() & deleted, True),
            dict.fromkeys(rows.of("ticket", "id", where="removed_at IS NOT NULL"), True),
            more=True,
        ),
        compare(
            "messages",
            {key: _message(message) for key, message in truth["messages"].items()},
            {
                key: (ticket, at // 1_000_000, author, bool(public))
                for key, (_, ticket, at, author, public) in rows.of(
                    "message", "id", "ticket_id", "sent_at", "author_id", "public"
                ).items()
            },
        ),
        compare(
            "users",
            {key: user["name"] for key, user in truth["users"].items()},
            {k: v[1] for k, v in (rows.of("customer", "id", "name") | _agents(rows)).items()},
        ),
        compare("organizations", truth["organizations"], rows.names("account")),
        compare("groups", truth["groups"], rows.names("team")),
        compare(
            "surveys",
            {(s["ticket"], _micros(s["sent_at"])): _survey(s) for s in truth["surveys"]},
            {
                (ticket, sent): (score, answered)
                for _, ticket, sent, score, answered in rows.of(
                    "survey", "id", "ticket_id", "sent_at", "score", "answered_at"
                ).values()
            },
        ),
    ]


class _Rows:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, kind: str, *columns: str, where: str = "TRUE") -> dict[Hashable, tuple[Any, ...]]:
        """By the first column."""
        with self._store.reading() as connection:
            sql = f'SELECT {", ".join(columns)} FROM "{kind}" WHERE {where}'
            return {row[0]: tuple(row) for row in connection.exec_driver_sql(sql)}

    def names(self, kind: str) -> dict[Hashable, Any]:
        return {key: name for key, (_, name) in self.of(kind, "id", "name").items()}


_TICKET = (
    *("id", "status", "priority", "kind", "source_version", "assignee_id", "team_id"),
    *("requester_id", "account_id", "tags", "subject", "vendor_channel"),
)


def _ticket(true: Mapping[str, Any]) -> tuple[Any, ...]:
    """A ticket of the truth as the columns `_TICKET` after the id."""
    status = {"hold": "on_hold"}.get(true["status"], true["status"])
    return (
        *(status, true["priority"], true["type"], str(true["generated_timestamp"])),
        *(true["assignee_id"], true["group_id"], true["requester_id"], true["organization_id"]),
        *(orjson.dumps(true["tags"]).decode(), true["subject"], true["channel"]),
    )


def _message(true: Mapping[str, Any]) -> tuple[Any, ...]:
    return true["ticket"], true["sent_at"], true["author"], true["public"]


def _survey(true: Mapping[str, Any]) -> tuple[Any, ...]:
    return VERDICTS.get(true["score"]), _micros(true["answered_at"])


def _agents(rows: _Rows) -> dict[Hashable, tuple[Any, ...]]:
    return rows.of("agent", "id", "name")


def _micros(text: str | None) -> int | None:
    return None if text is None else to_micros(datetime.fromisoformat(text))

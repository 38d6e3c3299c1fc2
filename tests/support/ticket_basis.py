"""One ticket read the slow, obvious way: who wrote its messages, and who held it when.

The first third of the walker (support/walker.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deskpulse_reports.facts import Settings

Row = dict[str, Any]

UNSOLVED = {"new", "open", "pending", "on_hold"}
DONE = {"solved", "closed"}
YEAR_1990, YEAR_2100 = 631152000 * 10**6, 4102444800 * 10**6


@dataclass
class World:
    """Everything in the store."""

    tickets: list[Row]
    messages: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    surveys: list[Row] = field(default_factory=list)
    roles: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    interactions: list[Row] = field(default_factory=list)
    worklogs: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)


def by_id(row: Row) -> tuple[int, str]:
    return len(row["id"]), row["id"]


def is_good(survey: Row) -> bool | None:
    score, low, high = survey["score"], survey["scale_min"], survey["scale_max"]
    if score is None or low is None or high is None or not low <= score <= high or low == high:
        return None
    share = (score - low) / (high - low)
    return (share if survey["higher_is_better"] else 1 - share) >= 0.75


class TicketBasis:
    def __init__(self, ticket: Row, world: World, settings: Settings) -> None:
        self.ticket = ticket
        self.settings = settings
        self.rules = settings.rules(ticket["source"])
        self.created = ticket["created_at"]
        self.removed = self.find_removal()
        self.stated_reply = self.plausible("first_reply_at")
        if self.stated_reply is not None and self.stated_reply < self.created:
            self.stated_reply = None
        self.stated_solve = self.not_before(self.plausible("solved_at"), self.created)
        self.stated_close = self.not_before(
            self.plausible("closed_at"), max(self.created, self.stated_solve or 0)
        )
        mine = [
            r
            for r in world.accounts
            if r["source"] == ticket["source"] and r["id"] == ticket["account_id"]
        ]
        self.tier = mine[0]["tier"] if mine else None
        self.roles = [r for r in world.roles if r["source"] == ticket["source"]]
        self.messages = self.read_messages(world)
        self.changes = self.read_changes(world)

    # ---- what the ticket says

    def plausible(self, name: str) -> int | None:
        instant = self.ticket[name]
        return instant if instant is not None and YEAR_1990 <= instant < YEAR_2100 else None

    @staticmethod
    def not_before(instant: int | None, bound: int) -> int | None:
        return None if instant is None else max(instant, bound)

    def find_removal(self) -> int | None:
        t = self.ticket
        if t["removed_reason"] is None and t["removed_at"] is None and t["merged_into"] is None:
            return None
        for name in ("removed_at", "updated_at"):
            if self.plausible(name) is not None:
                return max(self.plausible(name), self.created)
        return self.created

    @property
    def removed_reason(self) -> str | None:
        if self.removed is None:
            return None
        merged = "merged" if self.ticket["merged_into"] is not None else "deleted"
        return self.ticket["removed_reason"] or merged

    # ---- messages

    def role_of(self, person: str | None, stated: str | None, instant: int) -> str | None:
        if stated is not None:
            return stated
        known = sorted(
            (r for r in self.roles if r["person_id"] == person),
            key=lambda r: (-1 if r["since"] is None else r["since"], *by_id(r)),
        )
        role = known[0]["role"] if known else None
        for row in known:
            if row["since"] is None or row["since"] <= instant:
                role = row["role"]
        if not known and person is not None and person == self.ticket["requester_id"]:
            role = "customer"
        return role

    def read_messages(self, world: World) -> list[Row]:
        found = []
        for message in world.messages:
            if self.is_mine(message):
                role = self.role_of(
                    message["author_id"], message["author_role"], message["sent_at"]
                )
                person = None if message["auto"] else role
                rank = {"customer": 0, "agent": 1}.get(person, 2)
                found.append({**message, "role": role, "person": person, "rank": rank})
        found.sort(key=lambda m: (m["sent_at"], m["rank"], *by_id(m)))
        for n, message in enumerate(found):
            message["creation"] = (
                n == 0 and message["person"] == "agent" and message["sent_at"] == self.created
            )
            message["reply"] = (
                message["person"] == "agent" and message["public"] and not message["creation"]
            )
        return found

    def is_mine(self, row: Row) -> bool:
        return (row["source"], row["ticket_id"]) == (self.ticket["source"], self.ticket["id"])

    def first_reply(self) -> tuple[int | None, str | None, bool]:
        """When, by whom, and whether it is only stated."""
        seen, author = None, None
        for message in self.messages:
            if message["reply"] and message["sent_at"] >= self.created:
                seen, author = message["sent_at"], message["author_id"]
                break
        trusted = self.rules.trust == "stated"
        unseen = not any(m["public"] for m in self.messages)
        if self.stated_reply is not None and (trusted or unseen):
            same = seen == self.stated_reply
            return self.stated_reply, author if same else None, True
        return seen, author, False

    # ---- changes

    def read_changes(self, world: World) -> list[Row]:
        found = sorted(
            (c for c in world.changes if self.is_mine(c)),
            key=lambda c: (c["changed_at"], c["seq"], *by_id(c)),
        )
        moved = [
            {
                **c,
                "instant": max(c["changed_at"], self.created),
                "old": c["old"] or None,  # an empty text is no value
                "new": c["new"] or None,
            }
            for c in found
        ]
        return [c for c in moved if self.removed is None or c["instant"] <= self.removed]

    def changes_of(self, name: str) -> list[Row]:
        return [c for c in self.changes if c["field"] == name]

    def held(self, name: str, now: str, instant: int) -> str | None:
        """Assignee or team at an instant."""
        changes = self.changes_of(name)
        value = changes[0]["old"] if changes else self.ticket[now]
        for change in changes:
            if change["instant"] <= instant:
                value = change["new"]
        return value

    def agent_at(self, instant: int | None) -> str | None:
        return None if instant is None else self.held("assignee", "assignee_id", instant)

    def team_at(self, instant: int | None) -> str | None:
        return None if instant is None else self.held("team", "team_id", instant)

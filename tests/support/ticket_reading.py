"""One ticket read the slow, obvious way: what its messages, changes and statuses amount to.

The first half of the walker (support/walker.py), which turns this into rows.
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


def by_id(row: Row) -> tuple[int, str]:
    return len(row["id"]), row["id"]


class TicketReading:
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
        self.statuses = self.read_statuses()
        self.waits = self.read_waits()

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

    def role_of(self, message: Row) -> str | None:
        if message["author_role"] is not None:
            return message["author_role"]
        known = sorted(
            (r for r in self.roles if r["person_id"] == message["author_id"]),
            key=lambda r: (-1 if r["since"] is None else r["since"], *by_id(r)),
        )
        role = known[0]["role"] if known else None
        for row in known:
            if row["since"] is None or row["since"] <= message["sent_at"]:
                role = row["role"]
        author = message["author_id"]
        if not known and author is not None and author == self.ticket["requester_id"]:
            role = "customer"
        return role

    def read_messages(self, world: World) -> list[Row]:
        found = []
        for message in world.messages:
            if self.is_mine(message):
                role = self.role_of(message)
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

    # ---- statuses

    def status_changes(self) -> list[Row]:
        return [c for c in self.changes_of("status") if c["new"] in UNSOLVED | DONE]

    @property
    def reads_stated(self) -> bool:
        has_end = self.stated_solve is not None or self.stated_close is not None
        if self.rules.trust == "stated":
            return has_end or self.ticket["status"] not in DONE
        return has_end and not self.status_changes()

    def read_statuses(self) -> list[Row]:
        """Status events in order; each says what status it brings and what that means."""
        changes = self.status_changes()
        told = False
        if not changes:
            initial = self.ticket["status"] or "new"
        elif changes[0]["old"] is None and changes[0]["instant"] == self.created:
            initial, told = changes[0]["new"], True
            changes = changes[1:]
        else:
            initial = changes[0]["old"] if changes[0]["old"] in UNSOLVED | DONE else "new"

        later = [(c["instant"], c["new"]) for c in changes]
        if self.reads_stated:
            if initial in DONE:
                initial = "new"
            end = self.stated_solve if self.stated_solve is not None else self.stated_close
            later = [
                (instant, status)
                for instant, status in later
                if status in UNSOLVED and (end is None or instant < end)
            ]
            for status, instant in (("solved", self.stated_solve), ("closed", self.stated_close)):
                if instant is not None and (self.removed is None or instant <= self.removed):
                    later.append((instant, status))

        events = [{"instant": self.created, "status": initial, "entered": told, "told": told}]
        for instant, status in later:
            before = events[-1]["status"]
            events.append(
                {
                    "instant": instant,
                    "status": status,
                    "entered": status != before,
                    "reopens": before == "solved" and status in UNSOLVED,
                    "told": True,
                }
            )
        counting = "closed" if self.rules.closed_counts_as_resolved else None
        if any(e["entered"] and e["status"] == "solved" for e in events):
            counting = "solved"
        for event in events:
            event["resolves"] = event["entered"] and event["status"] == counting
        return events

    @property
    def last_status(self) -> str:
        return self.statuses[-1]["status"]

    def since(self) -> int:
        """When the last status began."""
        begun = self.statuses[0]["instant"]
        for event in self.statuses[1:]:
            if event["entered"]:
                begun = event["instant"]
        return begun

    def resolution_instants(self) -> list[int]:
        return [e["instant"] for e in self.statuses if e["resolves"]]

    def resolved_at(self) -> int | None:
        instants = self.resolution_instants()
        return instants[-1] if instants and self.last_status in DONE else None

    # ---- both clocks

    def calendar_stretches(self) -> list[tuple[int, str]]:
        """Since when the ticket works by which calendar."""

        def name(schedule: str | None) -> str:
            s, source, team = self.settings, self.ticket["source"], self.ticket["team_id"]
            if schedule is not None:
                found = s.schedules.get((source, schedule), schedule)
                if found in s.calendars.names:
                    return found
            if team is not None and (source, team) in s.team_calendars:
                return s.team_calendars[source, team]
            return self.rules.calendar or s.default_calendar

        changes = self.changes_of("schedule")
        if not changes:
            return [(self.created, name(self.ticket["schedule_id"]))]
        return [
            (self.created, name(changes[0]["old"])),
            *((c["instant"], name(c["new"])) for c in changes),
        ]

    def open_in(self, name: str, start: int, end: int) -> int:
        calendars = self.settings.calendars
        return int(calendars.between(calendars.number(name), start, end))

    def business(self, start: int | None, end: int | None) -> float | None:
        """Business seconds in [start, end): the sum over the calendars of the time."""
        if start is None or end is None:
            return None
        stretches = self.calendar_stretches()
        passed = 0
        for n, (since, name) in enumerate(stretches):
            until = stretches[n + 1][0] if n + 1 < len(stretches) else end
            low, high = max(start, since), min(end, until)
            if n == 0:
                low = start  # before creation, the first calendar
            if low < high:
                passed += self.open_in(name, low, high)
        return passed / 10**6

    def open_before(self, instant: int | None) -> float | None:
        """The reading that the ticket's last calendar goes on from."""
        if instant is None:
            return None
        since, name = self.calendar_stretches()[-1]
        calendars = self.settings.calendars
        number = calendars.number(name)
        if instant >= since:
            return int(calendars.open_before(number, instant)) / 10**6
        before = round(self.business(instant, since) * 10**6)
        return (int(calendars.open_before(number, since)) - before) / 10**6

    # ---- waits

    def read_waits(self) -> list[Row]:
        """Waits of customers for an answer, those before the first reply included."""
        events = [
            (m["sent_at"], 0, n, m)
            for n, m in enumerate(self.messages)
            if m["public"] and m["person"] in ("customer", "agent")
        ]
        events += [
            (e["instant"], 1, n, e)
            for n, e in enumerate(self.statuses)
            if e["status"] in DONE and e["told"]
        ]
        waits: list[Row] = []
        running: Row | None = None
        answered = False
        for instant, kind, _, event in sorted(events, key=lambda e: e[:3]):
            if kind == 0 and event["person"] == "customer":
                if running is None:
                    running = {"started_at": instant, "is_next": answered}
                    waits.append(running)
                continue
            if running is not None:
                running["ended_at"] = instant
                running["ended_by"] = "reply" if kind == 0 else "solved"
                running["agent_id"] = event["author_id"] if kind == 0 else self.agent_at(instant)
                running = None
            if kind == 0 and event["reply"] and instant >= self.created:
                answered = True
        return waits

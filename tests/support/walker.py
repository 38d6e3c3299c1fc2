"""The slow, obvious way to facts: one ticket at a time, one event after the other.

Written from the definitions (reference: golden/README.md, the docstrings of facts/schema.py and
facts/settings.py), not from the vectorised code; it is what that code is measured against.
Tables are lists of dicts with the fields of the records; instants are microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deskpulse_reports.facts import Settings, schema

Row = dict[str, Any]

UNSOLVED = {"new", "open", "pending", "on_hold"}
DONE = {"solved", "closed"}
YEAR_1990, YEAR_2100 = 631152000 * 10**6, 4102444800 * 10**6
STATUSES_OF = {
    "requester_wait": {"new", "open", "on_hold"},
    "agent_wait": {"pending"},
    "on_hold": {"on_hold"},
    "agent_work": {"new", "open"},
}


@dataclass
class World:
    """Everything in the store."""

    tickets: list[Row]
    messages: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    surveys: list[Row] = field(default_factory=list)
    roles: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)


def walk(world: World, settings: Settings) -> dict[str, list[Row]]:
    """The rows of every fact table."""
    tables: dict[str, list[Row]] = {"tickets": [], "replies": [], "stages": [], "surveys": []}
    walkers = {}
    for ticket in sorted(world.tickets, key=lambda t: (t["source"], t["id"])):
        walker = TicketWalker(ticket, world, settings)
        walkers[ticket["source"], ticket["id"]] = walker
        tables["tickets"].append(walker.ticket_row())
        tables["replies"].extend(walker.reply_rows())
        tables["stages"].extend(walker.stage_rows())
    for survey in sorted(world.surveys, key=lambda s: (s["source"], s["id"])):
        walker = walkers.get((survey["source"], survey["ticket_id"]))
        tables["surveys"].append(survey_row(survey, walker))
    return tables


def by_id(row: Row) -> tuple[int, str]:
    return len(row["id"]), row["id"]


class TicketWalker:
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
        if not known and message["author_id"] is not None:
            if message["author_id"] == self.ticket["requester_id"]:
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

    # ---- the rows

    def dimensions(self) -> Row:
        t = self.ticket
        initiated = t["initiated_by"]
        if initiated is None and self.messages:
            first = self.messages[0]
            if first["creation"]:
                initiated = "agent"
            elif first["role"] == "customer":
                initiated = "customer"
            elif first["role"] in ("bot", "system") or first["auto"]:
                initiated = "system"
        return {
            **{name: t.get(name) for name in schema.DIMENSIONS},
            "source": t["source"],
            "ticket_id": t["id"],
            "customer_id": t["requester_id"],
            "account_tier": self.tier,
            "initiated_by": initiated,
            "counted": self.removed is None,
            "calendar": self.calendar_stretches()[-1][1],
        }

    def spans(self) -> list[Row]:
        """Constant status, assignee and team, one after the other."""
        moments: list[tuple[int, str]] = []
        status = None
        steps = [(e["instant"], 0, n, e["status"]) for n, e in enumerate(self.statuses)]
        steps += [
            (c["instant"], 1, 0, None) for c in self.changes if c["field"] in ("assignee", "team")
        ]
        spans: list[Row] = []
        for instant, _, n, told in sorted(steps, key=lambda s: (s[0], s[1], s[2])):
            status = told or status
            moments.append((instant, status))
            held = (status, self.agent_at(instant), self.team_at(instant))
            if spans and spans[-1]["held"] == held:
                continue
            if spans:
                spans[-1]["ended_at"] = instant
            resolves = told is not None and self.statuses[n]["resolves"]
            spans.append(
                {"held": held, "started_at": instant, "ended_at": None, "resolves": resolves}
            )
        spans[-1]["ended_at"] = self.removed
        return spans

    def stage_rows(self) -> list[Row]:
        rows: list[Row] = []
        resolved_at = self.resolved_at()
        spans = self.spans()
        for n, span in enumerate(spans):
            stage, agent, team = span["held"]
            unsolved = stage in UNSOLVED
            was_unsolved = n > 0 and spans[n - 1]["held"][0] in UNSOLVED
            stays = n + 1 < len(spans) and spans[n + 1]["held"][0] in UNSOLVED
            start, end = span["started_at"], span["ended_at"]
            row = {
                **self.dimensions(),
                "n": n + 1,
                "stage": stage,
                "started_at": start,
                "ended_at": end,
                "s": seconds(start, end),
                "business_s": self.business(start, end),
                "started_open_s": self.open_before(start),
                "agent_id": agent,
                "team_id": team,
                "unsolved": unsolved,
                "enters": unsolved and not was_unsolved,
                "leaves": unsolved and end is not None and not stays,
                "resolves": span["resolves"],
                "resolved_at": resolved_at,
                "total_s": None,
                "total_business_s": None,
            }
            first = all(earlier["stage"] != stage for earlier in rows)
            if first and unsolved and resolved_at is not None and start <= resolved_at:
                row["total_s"], row["total_business_s"] = self.totals(spans, stage, resolved_at)
            rows.append(row)
        return rows

    def totals(self, spans: list[Row], stage: str, resolved_at: int) -> tuple[float, float]:
        calendar = business = 0
        for span in spans:
            if span["held"][0] == stage and span["started_at"] <= resolved_at:
                end = resolved_at if span["ended_at"] is None else span["ended_at"]
                end = min(end, resolved_at)
                calendar += end - span["started_at"]
                business += round(self.business(span["started_at"], end) * 10**6)
        return calendar / 10**6, business / 10**6

    def reply_rows(self) -> list[Row]:
        rows: list[Row] = []
        for wait in self.waits:
            if wait["is_next"]:
                start, end = wait["started_at"], wait.get("ended_at")
                rows.append(
                    {
                        **self.dimensions(),
                        "n": len(rows) + 1,
                        "started_at": start,
                        "ended_at": end,
                        "ended_by": wait.get("ended_by"),
                        "s": seconds(start, end),
                        "business_s": self.business(start, end),
                        "started_open_s": self.open_before(start),
                        "agent_id": wait.get("agent_id"),
                        "team_id": self.team_at(end),
                    }
                )
        return rows

    def ticket_row(self) -> Row:
        t = self.ticket
        reply_at, reply_agent, reply_stated = self.first_reply()
        resolved_at = self.resolved_at()
        first_resolved = min(self.resolution_instants(), default=None)
        agents = [m for m in self.messages if m["person"] == "agent" and m["public"]]
        replies = sum(m["reply"] for m in self.messages)
        running = self.removed is None
        waiting = None
        if running and self.last_status in UNSOLVED and self.waits:
            if "ended_at" not in self.waits[-1]:
                waiting = max(self.waits[-1]["started_at"], self.created)
        anchor = self.created
        if reply_at is not None:
            stops = [c["instant"] for c in self.changes_of("handoff")]
            stops += [e["instant"] for e in self.statuses if e.get("reopens")]
            anchor = max([anchor, *(s for s in stops if s < reply_at)])
        touch = None
        if resolved_at is not None and not (reply_stated and replies == 0):
            touch = {0: "zero", 1: "one", 2: "two"}.get(replies, "multi")
        observed = any(c["observed"] for c in self.status_changes())
        stated = self.reads_stated or reply_stated
        row = {
            **self.dimensions(),
            "created_at": self.created,
            "updated_at": t["updated_at"],
            "status": t["status"] or self.last_status,
            "agent_id": t["assignee_id"],
            "team_id": t["team_id"],
            "removed_reason": self.removed_reason,
            "removed_at": self.removed,
            "merged_into": t["merged_into"],
            "first_reply_at": reply_at,
            "first_reply_agent_id": reply_agent,
            "first_reply_team_id": self.team_at(reply_at),
            "first_resolved_at": first_resolved,
            "resolved_at": resolved_at,
            "resolved_agent_id": self.agent_at(resolved_at),
            "resolved_team_id": self.team_at(resolved_at),
            "closed_at": self.since() if self.last_status == "closed" else None,
            "running_status": self.last_status if running else None,
            "running_at": self.since() if running else None,
            "running_open_s": self.open_before(self.since()) if running else None,
            "agent_replies": replies,
            "public_agent_comments": len(agents),
            "internal_notes": sum(not m["public"] for m in self.messages),
            "customer_messages": sum(
                m["public"] and m["person"] == "customer" for m in self.messages
            ),
            "resolutions": len(self.resolution_instants()),
            "reopens": sum(e.get("reopens", False) for e in self.statuses),
            "touch": touch,
            "waiting_since": waiting,
            "waiting_open_s": self.open_before(waiting),
            "last_response_at": max((m["sent_at"] for m in agents), default=None),
            "history": "stated" if stated else "observed" if observed else "history",
        }
        for name, start, end in (
            ("first_reply", self.created, reply_at),
            ("first_resolution", self.created, first_resolved),
            ("full_resolution", self.created, resolved_at),
            ("human_response", anchor, reply_at),
        ):
            row[f"{name}_s"] = seconds(start, end)
            row[f"{name}_business_s"] = self.business(start, end)
        for name, statuses in STATUSES_OF.items():
            calendar = business = 0
            for start, end in self.finished_status_spans(statuses):
                calendar += end - start
                business += round(self.business(start, end) * 10**6)
            row[f"{name}_s"] = calendar / 10**6
            row[f"{name}_business_s"] = business / 10**6
        return row

    def finished_status_spans(self, statuses: set[str]) -> list[tuple[int, int]]:
        entered = [self.statuses[0], *(e for e in self.statuses[1:] if e["entered"])]
        ends: list[int | None] = [e["instant"] for e in entered[1:]]
        ends.append(self.removed)
        return [
            (event["instant"], end)
            for event, end in zip(entered, ends, strict=True)
            if event["status"] in statuses and end is not None
        ]


def survey_row(survey: Row, walker: TicketWalker | None) -> Row:
    moment = survey["sent_at"] if survey["sent_at"] is not None else survey["answered_at"]
    if moment is None:
        moment = 2**62
    ticket = walker.dimensions() if walker else dict.fromkeys(schema.DIMENSIONS)
    agent = team = None
    if walker:
        moment = max(moment, walker.created)
        agent, team = walker.agent_at(moment), walker.team_at(moment)
    counted = survey["removed_reason"] is None and (walker is None or walker.removed is None)
    return {
        **{name: ticket[name] for name in schema.DIMENSIONS},
        "source": survey["source"],
        "survey_id": survey["id"],
        "ticket_id": survey["ticket_id"],
        "survey": survey["kind"],
        "score": survey["score"],
        "scale_min": survey["scale_min"],
        "scale_max": survey["scale_max"],
        "good": is_good(survey) if survey["kind"] == "csat" else None,
        "sent_at": survey["sent_at"],
        "answered_at": survey["answered_at"],
        "agent_id": survey["agent_id"] if survey["agent_id"] is not None else agent,
        "team_id": survey["team_id"] if survey["team_id"] is not None else team,
        "counted": counted,
    }


def is_good(survey: Row) -> bool | None:
    score, low, high = survey["score"], survey["scale_min"], survey["scale_max"]
    if score is None:
        return None
    if low is None and high is None and score in (0, 1):
        low, high = 0, 1
    if low is None or high is None or high <= low:
        return None
    share = (score - low) / (high - low)
    return (share if survey["higher_is_better"] else 1 - share) >= 0.75


def seconds(start: int | None, end: int | None) -> float | None:
    return None if start is None or end is None else (end - start) / 10**6

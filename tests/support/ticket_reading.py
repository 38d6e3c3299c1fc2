"""One ticket read the slow, obvious way: its statuses, its clocks, its waits.

The second third of the walker (support/walker.py), which turns this into rows.
"""

from __future__ import annotations

from deskpulse_reports.facts import Settings, schema
from support.ticket_basis import DONE, UNSOLVED, Row, TicketBasis, World


class TicketReading(TicketBasis):
    def __init__(self, ticket: Row, world: World, settings: Settings) -> None:
        super().__init__(ticket, world, settings)
        self.statuses = self.read_statuses()
        self.waits = self.read_waits()

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

    # ---- what every row says

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

"""SLA clocks the slow, obvious way: one ticket, one clock, one moment after the other.

Written from docs/sla.md, not from the vectorised code, which is measured against it. Time is
walked forward from change to change; microseconds throughout.
"""

from __future__ import annotations

from typing import Any

from deskpulse_reports.sla.condition import Condition
from deskpulse_reports.sla.policy import Policy, Target
from deskpulse_reports.sla.promises import Promises
from support.ticket_basis import DONE, UNSOLVED, Row
from support.ticket_reading import TicketReading

RUNS = {
    "first_reply_time": UNSOLVED | DONE,
    "next_reply_time": UNSOLVED | DONE,
    "periodic_update_time": UNSOLVED,
    "pausable_update_time": UNSOLVED - {"pending"},
    "requester_wait_time": UNSOLVED - {"pending"},
    "agent_work_time": {"new", "open"},
    "total_resolution_time": UNSOLVED,
    "ownership_time": UNSOLVED - {"pending"},
}
NOW = {"team": "team_id", "agent": "assignee_id"}
FIELD = {"agent": "assignee"}
Span = tuple[int | None, int | None, str | None]
"""Start, end, and what ended it."""


class SlaWalker(TicketReading):
    promises: Promises
    initiated: str | None

    def clocks(self, promises: Promises, initiated: str | None) -> list[Row]:
        """Every promised clock; `initiated` is who began the ticket."""
        self.promises, self.initiated = promises, initiated
        found = []
        for metric in sorted(promises.metrics):
            rows = [row for span in self.spans_of(metric) if (row := self.clock(metric, *span))]
            rows.sort(key=lambda row: (row["started_at"] is None, row["started_at"]))
            found += [row | {"n": n + 1} for n, row in enumerate(rows)]
        return [row for row in found if row["policy"] is not None]

    # ---- what holds when

    def status_at(self, instant: int) -> str:
        status = self.statuses[0]["status"]
        for event in self.statuses:
            if event["instant"] <= instant:
                status = event["status"]
        return str(status)

    def value(self, field: str, instant: int) -> Any:
        if field == "status":
            return self.status_at(instant)
        if field in ("priority", "team", "agent", "kind", "tags"):
            value = self.held(FIELD.get(field, field), NOW.get(field, field), instant)
            if field != "tags" or isinstance(value, list):
                return value
            return (value or "").split()
        return self.tier if field == "account_tier" else self.ticket[field]

    def holds(self, condition: Condition, instant: int) -> bool:
        value = self.value(condition.field, instant)
        values = value if isinstance(value, list) else [] if value is None else [value]
        if condition.operator == "present":
            return bool(values)
        if condition.operator == "absent":
            return not values
        among = any(each in condition.values for each in values)
        return among == (condition.operator in ("is_one_of", "has_one_of"))

    def applies(self, policy: Policy, instant: int) -> bool:
        some = policy.filter.some
        return (
            (policy.sources is None or self.ticket["source"] in policy.sources)
            and all(self.holds(each, instant) for each in policy.filter.every)
            and (not some or any(self.holds(each, instant) for each in some))
        )

    def terms(self, metric: str, instant: int) -> tuple[Policy, Target, str | None] | None:
        """The policy and the target that hold at an instant, with the ticket's priority."""
        policy = next((p for p in self.promises.judged if self.applies(p, instant)), None)
        if policy is None:
            return None
        priority = self.value("priority", instant)
        mine = [target for target in policy.targets if target.metric == metric]
        for wanted in (priority, None):
            for target in mine:
                if target.priority == wanted:
                    return policy, target, priority
        return None

    # ---- from where to where

    def spans_of(self, metric: str) -> list[Span]:
        made: list[Span] = {
            "first_reply_time": self.first_replies,
            "next_reply_time": self.next_replies,
            "periodic_update_time": self.updates,
            "pausable_update_time": self.updates,
            "ownership_time": self.stays,
        }.get(metric, self.whole)()
        found = []
        for start, natural_end, why in made:
            end, by = natural_end, why
            if self.removed is not None:
                if start is not None and start > self.removed:
                    continue
                if end is None or end > self.removed:
                    end, by = self.removed, self.removed_reason
            nothing = start is not None and start == end
            if not nothing or (metric == "first_reply_time" and by == "reply"):
                found.append((start, end, by))
        return found

    def ends(self) -> list[int]:
        """When it was solved or closed, or was said to be so again."""
        return [e["instant"] for e in self.statuses if e["told"] and e["status"] in DONE]

    def first_replies(self) -> list[Span]:
        if self.initiated == "agent":
            return [self.answered(self.waits[0])] if self.waits else [(None, None, None)]
        reply, ends = self.first_reply()[0], self.ends()
        if reply is not None and (not ends or reply <= ends[0]):
            return [(self.created, reply, "reply")]
        return [(self.created, ends[0], "solved") if ends else (self.created, None, None)]

    def next_replies(self) -> list[Span]:
        first = self.first_replies()[0][1]
        every = [self.answered(wait) for wait in self.waits]
        return [span for span in every if first is not None and (span[0] or 0) > first]

    def answered(self, wait: Row) -> Span:
        return max(wait["started_at"], self.created), wait.get("ended_at"), wait.get("ended_by")

    def updates(self) -> list[Span]:
        words = [
            max(m["sent_at"], self.created)
            for m in self.messages
            if m["person"] == "agent" and m["public"]
        ]
        found: list[Span] = []
        for n, word in enumerate(words):
            later = words[n + 1 : n + 2]
            solves = [instant for instant in self.ends() if instant >= word]
            if later and (not solves or later[0] <= solves[0]):
                found.append((word, later[0], "reply"))
            else:
                found.append((word, solves[0], "solved") if solves else (word, None, None))
        return found

    def whole(self) -> list[Span]:
        if self.last_status not in DONE:
            return [(self.created, None, None)]
        end = self.statuses[0]["instant"]
        for before, event in zip(self.statuses, self.statuses[1:], strict=False):
            if before["status"] not in DONE and event["status"] in DONE:
                end = event["instant"]
        return [(self.created, end, "solved")]

    def stays(self) -> list[Span]:
        found: list[Span] = []
        for instant in self.moments():
            team, done = self.value("team", instant), self.status_at(instant) in DONE
            if found and found[-1][1] is None:
                start = found[-1][0]
                assert start is not None
                if done:
                    found[-1] = (start, instant, "solved")
                elif team != self.value("team", start):
                    found[-1] = (start, instant, "moved")
            if team is not None and not done and (not found or found[-1][1] is not None):
                found.append((instant, None, None))
        return found

    def moments(self) -> list[int]:
        """Every instant at which something may change."""
        fields = ("priority", "team", "assignee", "kind", "tags", "schedule")
        found = {c["instant"] for c in self.changes if c["field"] in fields}
        return sorted({self.created} | found | {e["instant"] for e in self.statuses})

    # ---- one clock

    def clock(self, metric: str, start: int | None, end: int | None, by: str | None) -> Row | None:
        gone = by is not None and by not in ("reply", "solved", "moved")
        if start is None:
            return self.not_begun(metric, end if gone else None, by)
        pieces = self.pieces(metric, start, end, by)
        return self.walked(metric, pieces, end, by, gone=gone) if pieces else None

    def not_begun(self, metric: str, end: int | None, by: str | None) -> Row:
        held = self.terms(metric, self.moments()[-1])
        return {
            "metric": metric,
            "policy": held and held[0].key,
            "target_s": held[1].seconds if held else 0.0,
            "state": "not_started" if end is None else "cancelled",
            "running": False,
            "started_at": None,
            "elapsed_s": 0.0,
            "due_at": None,
            "breached_at": None,
            "ended_at": end,
        }

    def pieces(
        self, metric: str, start: int, end: int | None, by: str | None
    ) -> list[tuple[int, int | None]]:
        """Spans in which nothing changes; the first ones on a solved ticket may be none."""
        cuts = [start, *(m for m in self.moments() if m > start and (end is None or m < end))]
        ends: list[int | None] = [*cuts[1:], end]
        found = list(zip(cuts, ends, strict=True))
        waits = metric in ("periodic_update_time", "pausable_update_time")
        if waits or (metric == "next_reply_time" and by != "reply"):
            found = [each for each in found if self.status_at(each[0]) not in DONE]
        return found

    def walked(
        self,
        metric: str,
        pieces: list[tuple[int, int | None]],
        end: int | None,
        by: str | None,
        *,
        gone: bool,
    ) -> Row:
        rule = self.promises.rules.get(self.ticket["source"], "keep_elapsed")
        calendars = self.settings.calendars
        started, fixed, before, last = pieces[0][0], None, None, None
        wall = opened = 0
        broken: int | None = None
        for a, b in pieces:
            held = self.terms(metric, a)
            if rule == "at_start":
                fixed = fixed or held
                held = fixed
            runs = self.status_at(a) in RUNS[metric]
            name = (held and held[0].calendar) or self.calendar_at(a)
            number = calendars.number(name)
            if held is not None:
                policy, target, _ = held
                now = (policy.key, target.seconds, target.clock)
                if rule == "forward" and before not in (None, now):
                    wall, opened, started, broken = 0, 0, a, None
                before = now
                business = target.clock == "business"
                spent, limit = opened if business else wall, round(target.seconds * 10**6)
                mine = number if business else 0
                due = None
                if spent > limit:
                    broken = a if broken is None else broken
                else:
                    due = self.added(mine, a, limit - spent)
                    passed = 0 if b is None else int(calendars.between(mine, a, b))
                    broken = due if runs and b is not None and spent + passed > limit else None
                last = (held, a, b, due if broken is None else broken, runs)
            if runs and b is not None:
                wall += b - a
                opened += int(calendars.between(number, a, b))
            if held is not None:
                after = (opened if business else wall) / 10**6
        if last is None:
            return {"metric": metric, "policy": None, "started_at": started}
        held, a, b, due, runs = last
        dropped = (a, b) != pieces[-1]
        over = dropped or end is not None
        state = "active" if runs else "paused"
        if over:
            state = "achieved"
        if broken is not None:
            state = "breached"
        elif dropped:
            state = "cancelled"
        if gone and not dropped:
            state = "cancelled"
        return {
            "metric": metric,
            "policy": held[0].key,
            "target_s": held[1].seconds,
            "state": state,
            "running": not over and (runs or broken is not None),
            "started_at": started,
            "elapsed_s": after,
            "due_at": due if not over and runs else None,
            "breached_at": broken,
            "ended_at": b if dropped else end,
        }

    def added(self, number: int, instant: int, span: int) -> int | None:
        try:
            return int(self.settings.calendars.add(number, instant, span))
        except ValueError:
            return None

    def calendar_at(self, instant: int) -> str:
        name = self.calendar_stretches()[0][1]
        for since, later in self.calendar_stretches():
            if since <= instant:
                name = later
        return name

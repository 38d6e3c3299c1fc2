"""One ticket read the slow, obvious way: who held it, what was done on it, what it took.

Another third of the walker (support/walker.py), after support/ticket_reading.py.
"""

from __future__ import annotations

from functools import cached_property
from math import isfinite

from deskpulse_reports.facts import Settings, schema
from support.ticket_basis import YEAR_1990, YEAR_2100, Row, World, is_good
from support.ticket_reading import TicketReading
from support.walked_calls import interaction_row

DESK = {"agent", "bot", "system"}
CHANGES = {"status": "status_change", "assignee": "assignment", "team": "assignment"}


class TicketEffort(TicketReading):
    def __init__(self, ticket: Row, world: World, settings: Settings) -> None:
        super().__init__(ticket, world, settings)
        self.world = world

    @cached_property
    def calls(self) -> list[Row]:
        mine = [c for c in self.world.interactions if self.is_mine(c)]
        return [interaction_row(call, self, self.settings) for call in mine]

    # ---- activities

    @cached_property
    def activities(self) -> list[Row]:
        found = self.written() + self.changed()
        for worklog in self.world.worklogs:
            if self.is_mine(worklog):
                found.append(time_entry(worklog))
        for call in self.calls:
            found += call_activities(call)
        resolved_at = self.resolved_at()
        dimensions = self.dimensions()
        rows = []
        for act in found:
            before = None
            if resolved_at is not None and act["acted_at"] is not None:
                before = self.created <= act["acted_at"] <= resolved_at
            row = {
                **{name: dimensions[name] for name in ("source", "ticket_id", *schema.DIMENSIONS)},
                **act,
                "before_resolution": before,
                "resolved_at": resolved_at,
                "counted": self.removed is None and not act["gone"],
            }
            if act.get("team_id") is None:
                row["team_id"] = self.team_at(act["acted_at"])
            rows.append(row)
        return rows

    def written(self) -> list[Row]:
        found = []
        previous = None
        for message in self.messages:
            chat = (message["channel"] or self.ticket["channel"]) in ("chat", "messaging")
            burst = False
            if message["public"]:
                author = message["author_id"]
                burst = chat and author is not None and previous == author
                previous = author if chat else None
            if message["role"] in DESK and not burst:
                kind = "chat_message" if chat else "public_reply"
                found.append(
                    activity(
                        kind if message["public"] else "internal_note",
                        message["sent_at"],
                        message["author_id"],
                        "system" if message["auto"] else message["role"],
                    )
                )
        return found

    def changed(self) -> list[Row]:
        found = []
        for change in self.changes:
            if change["changed_at"] <= self.created or change["field"] == "rating":
                continue
            role = self.role_of(change["actor_id"], change["actor_role"], change["changed_at"])
            nobody = change["actor_id"] is None and change["actor_role"] is None
            if role in DESK or nobody:
                kind = CHANGES.get(change["field"], "field_change")
                found.append(
                    activity(kind, change["instant"], change["actor_id"], role)
                    | {"field": change["field"]}
                )
        return found

    # ---- what it took

    def effort(self) -> Row:
        reply_at, _, _ = self.first_reply()
        agents = [m["author_id"] for m in self.messages if m["person"] == "agent"]
        bots = sum(m["role"] == "bot" and m["public"] for m in self.messages)
        handoffs = [c["instant"] for c in self.changes_of("handoff")]
        answered = any(m["person"] == "agent" and m["public"] for m in self.messages)
        alone = self.resolved_at() is not None and not answered
        surveys = [s for s in self.world.surveys if self.is_mine(s) and s["removed_reason"] is None]
        return {
            "further_customer_messages": sum(
                m["public"] and m["person"] == "customer" and m["sent_at"] > reply_at
                for m in self.messages
            )
            if reply_at is not None
            else 0,
            "agents_involved": len(set(agents) - {None}),
            "agent_activities": sum(
                a["actor_role"] == "agent" and not a["gone"] and a["before_resolution"] is not False
                for a in self.activities
            ),
            **self.assignments(),
            "next_contact_at": self.next_contact(),
            "next_same_reason_at": self.next_contact(self.ticket["reason"]),
            "logged_s": total(
                a["spent_s"] for a in self.activities if a["type"] == "time_entry" and not a["gone"]
            ),
            "handled_s": total(c["handle_s"] for c in self.calls if not c["gone"]),
            "bot_messages": bots,
            "handoffs": len(handoffs),
            "first_handoff_at": min(handoffs, default=None),
            "bot_resolved": alone if bots or handoffs else None,
            **self.bots(answered=answered or bool(handoffs)),
            "surveys_sent": sum(s["sent_at"] is not None for s in surveys),
            "surveys_answered": sum(s["answered_at"] is not None for s in surveys),
        }

    def bots(self, *, answered: bool) -> Row:
        """What came of a bot's messages; `answered` if a person had to do with it."""
        said = [m["sent_at"] for m in self.messages if m["role"] == "bot" and m["public"]]
        if not said:
            return {"last_bot_message_at": None, "bot_outcome": None}
        verdicts = [
            (s["answered_at"], s["id"], good)
            for s in self.world.surveys
            if self.is_mine(s)
            and s["kind"] in ("csat", "fcr")
            and s["removed_reason"] is None
            and s["answered_at"] is not None
            and (good := is_good(s)) is not None
        ]
        asked_on = any(
            m["public"] and m["person"] == "customer" and m["sent_at"] > max(said)
            for m in self.messages
        )
        outcome = "unanswered" if asked_on else "assumed"
        if verdicts:
            outcome = "confirmed" if max(verdicts)[2] else "refused"
        if answered:
            outcome = "person"
        return {"last_bot_message_at": max(said), "bot_outcome": outcome}

    def assignments(self) -> Row:
        resolved_at = self.resolved_at()
        got: list[tuple[int, str]] = []
        teams: list[tuple[int, str | None, str]] = []
        agent = last_team = team = None
        for span in self.spans():
            _, agent_now, team_now = span["held"]
            if agent_now is not None and agent_now != agent:
                got.append((span["started_at"], agent_now))
            if team_now is not None and team_now != team:
                teams.append((span["started_at"], last_team, team_now))
            agent, team = agent_now, team_now
            last_team = team_now or last_team
        first = got[0][0] if got else None
        in_time = [at for at, _ in got if resolved_at is None or at <= resolved_at]
        last = in_time[-1] if in_time else None
        moves = [(at, to) for at, was, to in teams if was is not None and was != to]
        transfers = [at for at, _ in moves if first is not None and at > first]
        escalates = self.rules.escalation_teams
        escalations = [at for at, to in moves if to in escalates] if escalates else transfers
        held = (
            first
            if resolved_at is not None and first is not None and first <= resolved_at
            else None
        )
        row = {
            "first_assigned_at": first,
            "last_assigned_at": last,
            "assignee_stations": len(got),
            "unique_assignees": len({who for _, who in got}),
            "group_stations": len(teams),
            "transfers": len(transfers),
            "escalations": len(escalations),
            "escalated_at": min(escalations, default=None),
        }
        for name, start, end in (
            ("unassigned", self.created, first),
            ("first_assignment", held, resolved_at),
            ("last_assignment", last, resolved_at),
        ):
            known = start is not None and end is not None
            row[f"{name}_s"] = (end - start) / 10**6 if known else None
            row[f"{name}_business_s"] = self.business(start, end)
        return row

    def next_contact(self, *reasons: str | None) -> int | None:
        t = self.ticket
        if self.removed is not None or t["requester_id"] is None:
            return None
        if t["initiated_by"] not in (None, "customer"):
            return None
        return min(
            (
                c["created_at"]
                for c in self.world.contacts
                if (c["source"], c["requester_id"]) == (t["source"], t["requester_id"])
                and c["created_at"] > self.created
                and (not reasons or c["reason"] in reasons)
            ),
            default=None,
        )


def loose_activities(world: World, settings: Settings, known: set[tuple[str, str]]) -> list[Row]:
    """What belongs to no known ticket."""
    found = []
    for worklog in world.worklogs:
        if (worklog["source"], worklog["ticket_id"]) not in known:
            found.append((worklog, time_entry(worklog)))
    for call in world.interactions:
        if (call["source"], call["ticket_id"]) not in known:
            row = interaction_row(call, None, settings)
            found += [(row, act) for act in call_activities(row)]
    return [
        {
            **{name: record.get(name) for name in schema.DIMENSIONS},
            "source": record["source"],
            "ticket_id": record["ticket_id"],
            **act,
            "before_resolution": None,
            "resolved_at": None,
            "counted": not act["gone"],
        }
        for record, act in found
    ]


def activity(kind: str, instant: int | None, agent: str | None, role: str | None) -> Row:
    nothing = dict.fromkeys(("activity_id", "field", "spent_s", "team_id"))
    more = {"flawed": False, "gone": False}
    return {
        **nothing,
        "type": kind,
        "acted_at": instant,
        "agent_id": agent,
        "actor_role": role,
        **more,
    }


def time_entry(worklog: Row) -> Row:
    started, spent = worklog["started_at"], worklog["spent_s"]
    flawed = spent is not None and not (isfinite(spent) and spent >= 0)
    plausible = started is not None and YEAR_1990 <= started < YEAR_2100
    return activity("time_entry", started if plausible else None, worklog["agent_id"], "agent") | {
        "activity_id": worklog["id"],
        "spent_s": None if flawed else spent,
        "flawed": flawed,
        "gone": worklog["removed_reason"] is not None,
    }


def call_activities(call: Row) -> list[Row]:
    """Of an interaction's row."""
    outbound = call["direction"] == "outbound"
    if call["channel"] != "voice" or call["agent_id"] is None:
        return []
    if not outbound and call["outcome"] != "answered":
        return []
    instant = call["answered_at"] if call["answered_at"] is not None else call["started_at"]
    act = activity("call_out" if outbound else "call_in", instant, call["agent_id"], "agent")
    own = {name: call[name] for name in ("team_id", "flawed", "gone", "channel", "customer_id")}
    own["initiated_by"] = call["initiated_by"]
    return [act | own | {"activity_id": call["interaction_id"]}]


def total(values: object) -> float | None:
    known = [value for value in values if value is not None]  # type: ignore[attr-defined]
    return sum(known) if known else None

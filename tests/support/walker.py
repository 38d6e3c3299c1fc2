"""The slow, obvious way to facts: one ticket at a time, one event after the other.

Written from the definitions (golden/README.md, the docstrings of facts/schema.py and
facts/settings.py), not from the vectorised code; it is what that code is measured against.
Tables are lists of dicts with the fields of the records; instants are microseconds.
"""

from __future__ import annotations

from deskpulse_reports.facts import Facts, Settings, schema
from support.ticket_basis import UNSOLVED, Row, World, is_good
from support.ticket_effort import TicketEffort, loose_activities
from support.walked_calls import interaction_row
from support.walked_reactions import reactions

STATUSES_OF = {
    "requester_wait": {"new", "open", "on_hold"},
    "agent_wait": {"pending"},
    "on_hold": {"on_hold"},
    "agent_work": {"new", "open"},
}


def walk(world: World, settings: Settings) -> dict[str, list[Row]]:
    """The rows of every fact table."""
    tables: dict[str, list[Row]] = {name: [] for name in Facts.__dataclass_fields__}
    walkers = {}
    for ticket in sorted(world.tickets, key=lambda t: (t["source"], t["id"])):
        walker = TicketWalker(ticket, world, settings)
        walkers[ticket["source"], ticket["id"]] = walker
        tables["tickets"].append(walker.ticket_row())
        tables["replies"].extend(walker.reply_rows())
        tables["reactions"].extend(reactions(walker))
        tables["stages"].extend(walker.stage_rows())
    for survey in sorted(world.surveys, key=lambda s: (s["source"], s["id"])):
        walker = walkers.get((survey["source"], survey["ticket_id"]))
        tables["surveys"].append(survey_row(survey, walker, world))
    for call in sorted(world.interactions, key=lambda c: (c["source"], c["id"])):
        walker = walkers.get((call["source"], call["ticket_id"]))
        tables["interactions"].append(interaction_row(call, walker, settings))
    for walker in walkers.values():
        tables["activities"].extend(walker.activities)
    tables["activities"].extend(loose_activities(world, settings, set(walkers)))
    return tables


class TicketWalker(TicketEffort):
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
        still_waits = bool(self.waits) and "ended_at" not in self.waits[-1]
        if running and self.last_status in UNSOLVED and still_waits:
            waiting = max(self.waits[-1]["started_at"], self.created)
        anchor = self.created
        if reply_at is not None:
            stops = [c["instant"] for c in self.changes_of("handoff")]
            stops += [e["instant"] for e in self.statuses if e.get("reopens")]
            anchor = max([anchor, *(s for s in stops if s < reply_at)])
        touch = None
        if resolved_at is not None and self.messages and not (reply_stated and replies == 0):
            touch = {0: "zero", 1: "one", 2: "two"}.get(replies, "multi")
        observed = any(c["observed"] for c in self.status_changes())
        stated = self.reads_stated or reply_stated
        row = {
            **self.dimensions(),
            "created_at": self.created,
            "updated_at": t["updated_at"],
            "subject": t["subject"] if self.settings.subjects else None,
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
            **self.effort(),
        }
        for name, start, end in (
            ("first_reply", self.created, reply_at),
            ("first_resolution", self.created, first_resolved),
            ("full_resolution", self.created, resolved_at),
            ("human_response", anchor, reply_at),
        ):
            row[f"{name}_s"] = seconds(start, end)
            row[f"{name}_business_s"] = self.business(start, end)
        ended = [wait for wait in self.reply_rows() if wait["ended_at"] is not None]
        row["reply_waits"] = (reply_at is not None) + len(ended)
        for name, column in (("_s", "s"), ("_business_s", "business_s")):
            first = row[f"first_reply{name}"]
            rest = sum(wait[column] for wait in ended)
            row[f"total_reply{name}"] = None if first is None else first + rest
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


def survey_row(survey: Row, walker: TicketWalker | None, world: World) -> Row:
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
        "customer_id": survey["customer_id"] or ticket["customer_id"],
        "source": survey["source"],
        "survey_id": survey["id"],
        "ticket_id": survey["ticket_id"],
        "survey": survey["kind"],
        "score": survey["score"],
        "scale_min": survey["scale_min"],
        "scale_max": survey["scale_max"],
        "points": points(survey),
        "good": is_good(survey) if survey["kind"] == "csat" else None,
        "turned": turned(survey, world) if survey["kind"] == "csat" else None,
        "sent_at": survey["sent_at"],
        "answered_at": survey["answered_at"],
        "agent_id": survey["agent_id"] if survey["agent_id"] is not None else agent,
        "team_id": survey["team_id"] if survey["team_id"] is not None else team,
        "counted": counted,
    }


def points(survey: Row) -> float | None:
    score, low, high = survey["score"], survey["scale_min"], survey["scale_max"]
    if score is None or low is None or high is None or not low <= score <= high:
        return None
    return score if survey["higher_is_better"] else low + high - score


def turned(survey: Row, world: World) -> str | None:
    """Which way its answer was changed last."""
    last = None
    for change in sorted(world.changes, key=lambda c: (c["changed_at"], c["seq"], c["id"])):
        about = (change["source"], change["ticket_id"], change["field"])
        if about != (survey["source"], survey["ticket_id"], "rating"):
            continue
        sent = [
            (sent_of(one), one["id"])
            for one in world.surveys
            if (one["source"], one["ticket_id"]) == about[:2]
            and one["kind"] == "csat"
            and sent_of(one) <= change["changed_at"]
        ]
        if sent and max(sent)[1] == survey["id"]:
            was, now = verdict(change["old"], survey), verdict(change["new"], survey)
            if was is not None and now is not None and was != now:
                last = "bad_to_good" if now else "good_to_bad"
    return last


def sent_of(survey: Row) -> int:
    known = [at for at in (survey["sent_at"], survey["answered_at"]) if at is not None]
    return known[0] if known else -(2**62)


def verdict(word: str | None, survey: Row) -> bool | None:
    if word is None:
        return None
    for start, good in (("good", True), ("bad", False)):
        if word.startswith(start):
            return good
    try:
        return is_good({**survey, "score": float(word)})
    except ValueError:
        return None


def seconds(start: int | None, end: int | None) -> float | None:
    return None if start is None or end is None else (end - start) / 10**6

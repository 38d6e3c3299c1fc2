"""Facts that are shaped like derived ones, but for nothing in particular."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from support.marts import at, fact, spans
from support.random_records import records

TEAMS = ["a", "b", None]
CHANNELS = ["email", "chat", None]


def tables(seed, size=80):
    """Rows by table, the same for the same seed; every built-in KPI finds some."""
    dice = random.Random(seed)
    names = (
        "tickets",
        "replies",
        "reactions",
        "stages",
        "surveys",
        "interactions",
        "activities",
        "sla",
    )
    found = {name: [] for name in names}
    for number in range(size):
        begun = datetime(2025, 2, 20, tzinfo=UTC) + timedelta(minutes=dice.randrange(60 * 24 * 30))
        later = sorted(begun + timedelta(seconds=dice.randrange(200_000)) for _ in range(4))
        stamp = [f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in (begun, *later)]
        seconds = [(moment - begun).total_seconds() for moment in later]
        common = {
            "ticket_id": str(number),
            "channel": dice.choice(CHANNELS),
            "team_id": dice.choice(TEAMS),
            "customer_id": f"c{dice.randrange(20)}",
            "counted": dice.random() < 0.9,
        }
        done = dice.random() < 0.7
        resolved = {"resolved_at": stamp[2]} if done else {}
        found["tickets"].append(_ticket(dice, common | resolved, stamp, seconds))
        found["stages"] += spans(
            fact(**common, **resolved, stage="new", started_at=stamp[0], ended_at=stamp[1],
                 total_s=seconds[0]),
            fact(**common, **resolved, stage="solved" if done else "open", started_at=stamp[1],
                 total_s=60.0, resolves=done),
        )  # fmt: skip
        found["replies"].append(
            fact(**common, started_at=stamp[1], ended_at=stamp[2], s=seconds[1] - seconds[0])
        )
        found["reactions"].append(
            fact(**common, started_at=stamp[0], ended_at=stamp[1], ended_by="reply", s=seconds[0])
        )
        found["surveys"] += _surveys(dice, common, stamp, number)
        found["interactions"].append(_interaction(dice, common, stamp, number))
        found["activities"] += _activities(dice, common, stamp)
    for number in range(size):
        found["sla"].append(_clock(random.Random(seed * size + number), found["tickets"][number]))
    return found | records(dice)


def _ticket(dice, common, stamp, seconds):
    done, replied = "resolved_at" in common, dice.random() < 0.8
    gone = not common["counted"]
    again = at(stamp[0]) + dice.randrange(14 * 86400) * 1_000_000 if dice.random() < 0.5 else None
    bot = dice.random() < 0.4
    return fact(
        **common, created_at=stamp[0], updated_at=stamp[4], status="solved" if done else "open",
        first_reply_at=stamp[1] if replied else None,
        first_reply_s=seconds[0] if replied else None,
        first_reply_team_id=common["team_id"], resolved_team_id=common["team_id"],
        first_resolved_at=stamp[2] if done else None,
        first_resolution_s=seconds[1] if done else None,
        full_resolution_s=seconds[1] if done else None,
        total_reply_s=seconds[0] if replied else None, reply_waits=1 + dice.randrange(2),
        requester_wait_s=seconds[0], agent_wait_s=60.0, on_hold_s=0.0, agent_work_s=seconds[0],
        human_response_s=seconds[0] if replied else None,
        running_status="solved" if done else "open",
        running_at=stamp[2], agent_replies=dice.randrange(4), reopens=dice.randrange(2),
        touch=dice.choice(["zero", "one", "two", "multi"]) if done else None,
        waiting_since=stamp[0] if not replied else None,
        removed_reason=dice.choice(["merged", "deleted", "spam"]) if gone else None,
        removed_at=stamp[3] if gone else None, closed_at=stamp[4] if done else None,
        reason=dice.choice(["complaint", "billing", None]), initiated_by="customer",
        first_assigned_at=stamp[1], unassigned_s=seconds[0], first_assignment_s=seconds[1],
        last_assignment_s=seconds[1], assignee_stations=1, group_stations=1,
        transfers=dice.randrange(2), escalations=dice.randrange(2), escalated_at=stamp[2],
        next_contact_at=again, next_same_reason_at=again, logged_s=float(dice.randrange(900)),
        further_customer_messages=dice.randrange(2), customer_messages=1, internal_notes=1,
        public_agent_comments=dice.randrange(3), agents_involved=dice.randrange(3),
        agent_activities=dice.randrange(9), bot_messages=int(bot), handoffs=dice.randrange(2),
        bot_resolved=dice.random() < 0.5 if bot else None,
        last_bot_message_at=stamp[1] if bot else None,
        bot_outcome=random.Random(stamp[1]).choice(["confirmed", "assumed"]) if bot else None,
    )  # fmt: skip


def _clock(dice, ticket):
    """An SLA clock of a ticket that ran for up to a day."""
    state = dice.choice(["achieved", "breached", "active", "paused", "cancelled"])
    begun, spent = ticket["created_at"], dice.randrange(1, 86_400) * 10**6
    met = {"achieved": True, "breached": False, "active": False}.get(state)
    ended = state in {"achieved", "breached", "cancelled"}
    return {name: ticket.get(name) for name in ("source", "ticket_id", "channel", "team_id")} | {
        "ticket": f"{ticket['source']}/{ticket['ticket_id']}",
        "counted": ticket["counted"],
        "metric": dice.choice(["first_reply_time", "next_reply_time"]),
        "state": state,
        "started_at": begun,
        "ended_at": begun + 2 * spent if ended else None,
        "due_at": begun + spent if state == "active" else None,
        "met": met,
        "decided_at": None if met is None else begun + spent,
        "over_s": spent / 1e6 if state == "breached" else None,
        "to_breach_s": None if met in (None, True) else spent / 1e6,
    }


def _surveys(dice, common, stamp, number):
    scales = {
        "csat": (1, 5),
        "nps": (0, 10),
        "ces": (1, 7),
        "cx": (1, 5),
        "article": (0, 1),
        "fcr": (0, 1),
    }
    for kind, (low, high) in scales.items():
        told = dice.random() < 0.7
        score = float(dice.randint(low, high)) if told else None
        yield fact(
            **common, survey_id=f"{kind}{number}", survey=kind, sent_at=stamp[3], score=score,
            points=score, turned=dice.choice(["good_to_bad", "bad_to_good", None]),
            scale_min=float(low), scale_max=float(high), answered_at=stamp[4] if told else None,
            good=score >= 4 if told and kind == "csat" else None,
        )  # fmt: skip


def _interaction(dice, common, stamp, number):
    outcome = dice.choice(["answered", "answered", "abandoned", "missed"])
    channel = dice.choice(["voice", "voice", "chat"])
    direction = dice.choice(["inbound", "inbound", "inbound", "outbound"])
    if number % 5 == 0:
        direction, outcome = "part", "taken" if outcome == "answered" else "missed"
    answered = outcome in ("answered", "taken")
    return fact(
        **common | {"channel": channel},
        interaction_id=str(number), started_at=stamp[0], outcome=outcome,
        direction=direction,
        wait_s=float(dice.randrange(60)), talk_s=200.0 if answered else None,
        hold_s=float(dice.randrange(50)) if answered else None,
        wrap_up_s=30.0 if answered else None, in_hours=dice.random() < 0.8,
        handle_s=float(200 + dice.randrange(200)) if answered else None,
    )  # fmt: skip


def _activities(dice, common, stamp):
    for kind in ("public_reply", "internal_note", "time_entry", "status_change"):
        yield fact(
            **common, activity_id=None, type=kind, acted_at=stamp[2],
            actor_role=dice.choice(["agent", "agent", "bot", "system"]),
            spent_s=float(dice.randrange(600)) if kind == "time_entry" else None,
        )  # fmt: skip

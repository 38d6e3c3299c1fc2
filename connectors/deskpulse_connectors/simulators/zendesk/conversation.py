"""How agents and customers take turns."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators import words
from deskpulse_connectors.simulators.zendesk import ids
from deskpulse_connectors.simulators.zendesk.case import DAY, HOUR, MINUTE, Case, Step
from deskpulse_connectors.simulators.zendesk.desk import SYSTEM


def approach(case: Case, at: int) -> Step:
    """An agent has written first: the ticket is theirs and waits for the customer."""
    group = case.team.groups[case.reason.group]
    case.desk.update(
        at, case.ticket, case.agent, assignee_id=case.agent, group_id=group, status="pending"
    )
    return (yield from customer_turn(case, at))


def until_solved(case: Case, at: int) -> Step:
    """Turn by turn, until the ticket is solved."""
    desk, ticket = case.desk, case.ticket
    while ticket.data["status"] != "solved":
        at = yield from agent_turn(case, at)
        if ticket.data["status"] == "pending":
            at = yield from customer_turn(case, at)
        elif ticket.data["status"] == "hold":
            at = yield from case.wait(at + case.dice.randrange(4 * HOUR, 6 * DAY))
            note = case.say(words.AGENT_NOTE)
            desk.update(at, ticket, case.agent, comment=note, public=False, status="open")
    return at


def agent_turn(case: Case, at: int) -> Step:
    """Pick it up, perhaps look into it or hand it over, then answer."""
    desk, dice, ticket = case.desk, case.dice, case.ticket
    at = yield from case.wait(case.due(at, 1.2 * HOUR))
    if not case.agent or (case.agent == case.team.leaver and at >= case.team.leaves_at):
        case.agent = case.team.agent(case.reason.group, at, dice)
    if ticket.data["assignee_id"] != case.agent and dice.random() < 0.6:
        desk.update(at, ticket, case.agent, assignee_id=case.agent, status="open")
        at = yield from case.wait(case.due(at, 0.3 * HOUR))
    if dice.random() < 0.30 * case.talk:
        at = yield from _inner_work(case, at)
    if dice.random() < 0.08 and ticket.data["priority"] != "urgent":
        _escalate(case, at)
        at = yield from case.wait(at + dice.randrange(2 * MINUTE, HOUR))
    roll = dice.random()
    status = "solved" if roll < 0.55 / case.talk else "hold" if roll > 0.94 else "pending"
    fields: dict[str, Any] = {"assignee_id": case.agent, "status": status}
    if status == "hold" and dice.random() < 0.5:
        fields["custom_status_id"] = ids.WAITING_FOR_PARTS
    if status == "solved":
        fields["custom"] = {ids.FIELD_ORDER: str(case.number)}
    desk.update(at, ticket, case.agent, comment=case.say(words.AGENT_REPLY), **fields)
    return at


def customer_turn(case: Case, at: int) -> Step:
    """The customer answers; who does not is reminded, and then it is solved."""
    desk, dice, ticket = case.desk, case.dice, case.ticket
    if dice.random() < 0.86:
        at = yield from case.wait(at + case.patience(5 * HOUR))
        case.customer_writes(at)
        if dice.random() < 0.15 * case.talk:
            at = yield from case.wait(at + dice.randrange(MINUTE, 2 * HOUR))
            case.customer_writes(at)
        return at
    at = yield from case.wait(at + 2 * DAY)
    desk.update(at, ticket, SYSTEM, via="rule", comment=words.AUTO_REMINDER)
    at = yield from case.wait(at + 3 * DAY)
    desk.update(at, ticket, SYSTEM, via="rule", status="solved")
    return at


def _inner_work(case: Case, at: int) -> Step:
    """A note, by the agent or by a light agent, and sometimes another agent or group."""
    dice = case.dice
    writer = case.team.light if dice.random() < 0.2 else case.agent
    fields: dict[str, Any] = {}
    if writer == case.agent and dice.random() < 0.3:
        group = dice.choice(words.GROUPS)
        case.agent = case.team.agent(group, at, dice)
        fields = {"group_id": case.team.groups[group], "assignee_id": case.agent}
    note = case.say(words.AGENT_NOTE)
    case.desk.update(at, case.ticket, writer, comment=note, public=False, **fields)
    return (yield from case.wait(case.due(at, 0.5 * HOUR)))


def _escalate(case: Case, at: int) -> None:
    tags = dict.fromkeys([*case.ticket.data["tags"], "escalated"])
    case.desk.update(
        at,
        case.ticket,
        SYSTEM,
        via="rule",
        comment=words.AUTO_ESCALATION,
        public=False,
        priority="urgent" if case.ticket.data["priority"] == "high" else "high",
        tags=list(tags),
        extra=[case.desk.event("rule", "SlaTargetChange", policy="VIP", metric="reply")],
    )

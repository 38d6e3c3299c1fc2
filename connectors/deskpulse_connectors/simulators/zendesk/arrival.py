"""How tickets begin: they arrive, are sorted in, or turn out to be spam or a duplicate."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators import words
from deskpulse_connectors.simulators.zendesk import ids
from deskpulse_connectors.simulators.zendesk.case import DAY, HOUR, MINUTE, Case, Step
from deskpulse_connectors.simulators.zendesk.desk import SYSTEM
from deskpulse_connectors.simulators.zendesk.ticket import new_ticket

CHANNELS = ("email", "web", "native_messaging", "chat", "api", "voice")
CHANNEL_SHARES = (46, 24, 14, 6, 6, 4)
PRIORITIES = ("low", "normal", "high", "urgent", None)
PRIORITY_SHARES = (12, 58, 18, 5, 7)
SCRUBBED_AFTER = 30 * DAY
LOOK_BACK = 400
"""How many tickets back an agent looks for a duplicate."""


def arrive(case: Case, at: int, *, proactive: bool) -> None:
    """The ticket comes into being; `proactive`: an agent writes to a customer."""
    desk, dice = case.desk, case.dice
    requester = case.team.customer(at, dice)
    channel = dice.choices(CHANNELS, CHANNEL_SHARES)[0]
    tags = [case.reason.tag]
    if case.origin is not None:
        channel = "web"
        requester = desk.users[desk.tickets[case.origin].data["requester_id"]]
        tags.append("follow_up")
    if proactive:
        channel = "web"
        case.agent = case.team.agent(case.reason.group, at, dice)
    if "vip" in requester["tags"]:
        tags.append("vip")
    subject = dice.choice(case.reason.subjects).format(n=case.number)
    opening = words.AGENT_REPLY if proactive else words.CUSTOMER_FIRST
    data = new_ticket(
        next(desk.ids.ticket),
        at,
        subject=subject,
        description=dice.choice(opening).format(s=subject + ".", n=case.number),
        requester=requester,
        submitter_id=case.agent or requester["id"],
        via={"channel": channel, "source": _source(case, channel, requester)},
        kind=case.reason.kind,
        tags=tags,
        custom={
            ids.FIELD_REASON: case.reason.tag,
            ids.FIELD_ORDER: None,
            ids.FIELD_VIP: "vip" in tags,
        },
    )
    case.ticket = desk.open(at, data, case.agent or requester["id"], notify=not proactive)
    if case.origin is not None:
        origin = desk.tickets[case.origin]
        origin.data["followup_ids"] = [*origin.data["followup_ids"], case.ticket.id]
        desk.touch(at, origin)


def spam(case: Case, at: int) -> Step:
    """Somebody marks it as spam: deleted, sender suspended, removed for good later."""
    at = yield from case.wait(at + case.dice.randrange(5 * MINUTE, 10 * HOUR))
    desk, ticket = case.desk, case.ticket
    desk.delete(at, ticket, case.team.admin)
    desk.save_user(desk.users[ticket.data["requester_id"]], at, suspended=True)
    hasty = case.dice.random() < 0.3
    at = yield at + (HOUR if hasty else SCRUBBED_AFTER)
    desk.scrub(at, ticket)
    ticket.pack()
    return at


def duplicate(case: Case, at: int) -> Step:
    """If the same customer has an open ticket already, this one goes up in it."""
    at = yield from case.wait(at + case.dice.randrange(MINUTE, 3 * HOUR))
    ident = case.ticket.id
    requester = case.ticket.data["requester_id"]
    for number in range(ident - 1, max(ident - LOOK_BACK, 0), -1):
        other = case.desk.tickets.get(number)
        if other is None or other.deleted is not None or other.stages[-1][1] == "closed":
            continue
        if other.data["requester_id"] == requester:
            case.desk.merge(at, case.ticket, other, case.team.admin)
            case.ticket.pack()
            break
    return at


def triage(case: Case, at: int) -> Step:
    """Triggers sort it in; a messaging customer is greeted by the assistant."""
    priority = case.dice.choices(PRIORITIES, PRIORITY_SHARES)[0]
    group = case.team.groups[case.reason.group]
    case.desk.update(at, case.ticket, SYSTEM, via="rule", group_id=group, priority=priority)
    if case.ticket.data["via"]["channel"] == "native_messaging":
        at = yield from case.wait(at + 2)
        case.desk.update(
            at, case.ticket, SYSTEM, via="native_messaging", comment=words.AUTO_GREETING
        )
    return at


def _source(case: Case, channel: str, requester: dict[str, Any]) -> dict[str, Any]:
    if case.origin is not None:
        return {"from": {"ticket_id": case.origin}, "to": {}, "rel": "follow_up"}
    if channel == "email":
        return {
            "from": {"address": requester["email"], "name": requester["name"]},
            "to": {"address": "support@desk.example", "name": "Support"},
            "rel": None,
        }
    return {"from": {}, "to": {}, "rel": None}

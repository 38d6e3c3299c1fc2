"""Calls with their legs, and chats: other products' exports, about tickets that they became.

These answers have no `end_of_stream`: the last page is the one that brings nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import orjson

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.faults import page_size
from deskpulse_connectors.simulators.hours import iso
from deskpulse_connectors.simulators.zendesk.desk import Desk
from deskpulse_connectors.simulators.zendesk.ticket import Ticket

MOST_ROWS = 1000
CALLS, CHATS = "channels/voice/stats/incremental/calls", "chat/incremental/chats"
LEGS = "channels/voice/stats/incremental/legs"
CALLED, CHATTED = 5, 7
"""Every so manyeth ticket was a call, or a chat."""
HANDED_ON = 3 * CALLED
"""Every so manyeth ticket was a call that its agent handed on, if it was answered."""
RINGS_S = 15
ENDINGS = ("completed", "completed", "completed", "abandoned_in_queue", "completed_voicemail")
UNHEARD = "abandoned_in_ivr"

Row = tuple[int, dict[str, Any]]
"""When it was last changed, in epoch seconds, and the vendor's object."""


class Talk:
    """Answers of the exports of calls, legs and chats. `now`: simulated epoch seconds."""

    def __init__(self, desk: Desk, base: Callable[[], str]) -> None:
        self._desk = desk
        self._base = base

    def calls(self, request: Request, now: int) -> Reply:
        """/channels/voice/stats/incremental/calls: by last change."""
        return self._page("calls", self._rows(call, CALLED), request, now, "per_page")

    def legs(self, request: Request, now: int) -> Reply:
        """/channels/voice/stats/incremental/legs: by last change; some share a second."""
        rows = (
            leg
            for ticket in self._desk.tickets.values()
            if ticket.id % CALLED == 0
            for leg in legs(ticket, self._colleague(ticket))
        )
        return self._page("legs", rows, request, now, "per_page")

    def chats(self, request: Request, now: int) -> Reply:
        """/chat/incremental/chats: by last change."""
        return self._page("chats", self._rows(chat, CHATTED), request, now, "limit")

    def _colleague(self, ticket: Ticket) -> int:
        others = [
            ident
            for ident, user in self._desk.users.items()
            if user["role"] == "agent" and ident != ticket.data["assignee_id"]
        ]
        return min(others)

    def _rows(self, made: Callable[[Ticket], Row], share: int) -> Iterator[Row]:
        return (made(each) for each in self._desk.tickets.values() if each.id % share == 0)

    def _page(
        self, name: str, rows: Iterator[Row], request: Request, now: int, sized: str
    ) -> Reply:
        text = request.params.get("start_time", "")
        if not text.isdigit():
            return json_reply({"error": "start_time is required"}, 400)
        start = int(text)
        found = sorted(
            ((at, row) for at, row in rows if start <= at <= now),
            key=lambda each: (each[0], str(each[1]["id"])),
        )
        asked = request.params.get(sized, "")
        limit = page_size(request, min(int(asked) if asked.isdigit() else MOST_ROWS, MOST_ROWS))
        found = found[: max(limit, 1)]
        end_time = found[-1][0] if found else start
        body = {
            name: [row for _, row in found],
            "count": len(found),
            "end_time": end_time,
            "next_page": f"{self._base()}{request.path}?start_time={end_time}",
        }
        return Reply(body=orjson.dumps(body))


def call(ticket: Ticket) -> Row:
    """The call that a ticket began with; the same each time it is asked for."""
    dice = Random(ticket.id)  # noqa: S311  repeatable
    ending = UNHEARD if ticket.id % (4 * CALLED) == 0 else dice.choice(ENDINGS)
    answered = ending == "completed"
    waited, talked = dice.randrange(2, 240), dice.randrange(30, 900) if answered else 0
    held = dice.randrange(0, 60) if answered else 0
    wrapped = dice.randrange(5, 120) if answered else 0
    duration = waited + talked + held
    at = ticket.created + duration + wrapped
    return at, {
        "id": 360_000_000_000 + ticket.id,
        "created_at": iso(ticket.created),
        "updated_at": iso(at),
        "agent_id": ticket.data["assignee_id"] if answered else None,
        "call_charge": "0.003",
        "call_group_id": ticket.data["group_id"] if answered else None,
        "callback": False,
        "completion_status": ending,
        "consultation_time": 0,
        "customer_id": ticket.data["requester_id"],
        "direction": "inbound",
        "duration": duration,
        "exceeded_queue_wait_time": waited > 180,
        "hold_time": held,
        "outside_business_hours": False,
        "phone_number": "+15005550006",
        "talk_time": talked,
        "ticket_id": ticket.id,
        "time_to_answer": waited if answered else None,
        "voicemail": ending == "completed_voicemail",
        "wait_time": waited,
        "wrap_up_time": wrapped,
    }


def legs(ticket: Ticket, colleague: int) -> list[Row]:
    """The legs of a ticket's call: the customer's, its agent's, and often another's.

    What the agents did adds up to the times of the call.
    """
    at, made = call(ticket)
    customer = _leg(made, 0, at, type="customer", user_id=made["customer_id"])
    if made["agent_id"] is None:
        rang = {"type": "agent", "agent_id": colleague, "completion_status": "agent_missed"}
        return [customer, _leg(made, 1, at, **rang, duration=RINGS_S)]
    handed = ticket.id % HANDED_ON == 0
    talked, held, wrapped = (
        made[name] * 2 // 3 if handed else made[name]
        for name in ("talk_time", "hold_time", "wrap_up_time")
    )
    times = {"talk_time": talked, "hold_time": held, "wrap_up_time": wrapped}
    first = _leg(
        made, 1, at, type="agent", agent_id=made["agent_id"], **times, duration=talked + held,
        transferred_to=colleague if handed else None,
    )  # fmt: skip
    if not handed:
        return [customer, first]
    rest = {name: made[name] - spent for name, spent in times.items()}
    lasted = rest["talk_time"] + rest["hold_time"]
    second = _leg(
        made, 2, at, type="agent", agent_id=colleague, **rest, duration=lasted,
        transferred_from=made["agent_id"],
    )  # fmt: skip
    return [customer, first, second]


def _leg(made: dict[str, Any], number: int, at: int, **fields: Any) -> Row:
    return at, {
        "id": made["id"] * 4 + number,
        "call_id": made["id"],
        "created_at": made["created_at"],
        "updated_at": iso(at),
        "agent_id": None,
        "user_id": None,
        "available_via": "browser",
        "call_charge": "0.003",
        "completion_status": "completed",
        "consultation_from": None,
        "consultation_time": None,
        "consultation_to": None,
        "duration": made["duration"],
        "forwarded_to": None,
        "hold_time": None,
        "talk_time": None,
        "transferred_from": None,
        "transferred_to": None,
        "wrap_up_time": None,
        **fields,
    }


def chat(ticket: Ticket) -> Row:
    """The chat that a ticket began with; the same each time it is asked for."""
    dice = Random(ticket.id)  # noqa: S311  repeatable
    missed = dice.random() < 0.2
    first, lasted = dice.randrange(3, 120), dice.randrange(130, 1500)
    agent = None if missed else str(ticket.data["assignee_id"] or "")
    at = ticket.created + lasted
    served = {"agent_id": agent, "accepted": True, "timestamp": iso(ticket.created)}
    return at, {
        "id": f"4323.953441.{ticket.id}",
        "type": "offline_msg" if ticket.id % (4 * CHATTED) == 0 else "chat",
        "timestamp": iso(ticket.created),
        "update_timestamp": iso(at),
        "duration": lasted,
        "department_id": None,
        "agent_ids": [agent] if agent else [],
        "engagements": [served] if agent else [],
        "missed": missed,
        "response_time": {} if missed else {"first": first, "avg": first, "max": first},
        "started_by": "visitor",
        "visitor": {"id": f"1.{ticket.id}", "name": "Visitor", "email": ""},
        "zendesk_ticket_id": ticket.id,
    }

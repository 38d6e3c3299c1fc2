"""Satisfaction surveys, in both of the vendor's kinds; an account uses one."""

from __future__ import annotations

from typing import Any, Literal

from deskpulse_connectors.simulators.hours import iso
from deskpulse_connectors.simulators.zendesk.desk import SYSTEM, Desk
from deskpulse_connectors.simulators.zendesk.people import API
from deskpulse_connectors.simulators.zendesk.ticket import Ticket

Score = Literal["good", "bad"]
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def offer(desk: Desk, at: int, ticket: Ticket) -> int:
    """An automation asks the requester how it was; gives the id of the rating."""
    data = ticket.data
    ident = next(desk.ids.rating)
    desk.ratings[ident] = {
        "id": ident,
        "url": f"{API}/satisfaction_ratings/{ident}.json",
        "ticket_id": ticket.id,
        "requester_id": data["requester_id"],
        "assignee_id": data["assignee_id"],
        "group_id": data["group_id"],
        "score": "offered",
        "comment": None,
        "reason": None,
        "reason_id": None,
        "created_at": iso(at),
        "updated_at": iso(at),
    }
    assignee = data["assignee_id"]
    if desk.csat == "survey":
        response = _response(desk.ratings[ident], at)
        desk.responses[ident] = response
        extra = [
            desk.event(
                "rule",
                "SurveyOffered",
                survey_id=response["survey_id"],
                survey_response_id=response["id"],
                assignee_id=assignee,
            )
        ]
    else:
        data["satisfaction_rating"] = {"score": "offered", "id": ident}
        extra = [
            _score(desk, "offered", "unoffered"),
            desk.event(
                "rule", "SatisfactionRating", score="offered", assignee_id=assignee, body=None
            ),
        ]
    desk.update(at, ticket, SYSTEM, via="rule", extra=extra)
    return ident


def answer(
    desk: Desk,
    at: int,
    ticket: Ticket,
    ident: int,
    *,
    score: Score,
    comment: str | None,
    why: str,
) -> None:
    """The requester answers; `why` is the reason given with a bad score."""
    rating = desk.ratings[ident]
    rating.update(score=score, comment=comment, updated_at=iso(at))
    if score == "bad":
        rating.update(reason=why, reason_id=1000 + len(why))
    assignee = rating["assignee_id"]
    if desk.csat == "survey":
        response = desk.responses[ident]
        response["answers"] = _answers(rating, at)
        extra = [
            desk.event(
                "web",
                "SurveyResponseSubmitted",
                survey_id=response["survey_id"],
                survey_response_id=response["id"],
                assignee_id=assignee,
            )
        ]
    else:
        ticket.data["satisfaction_rating"] = {"score": score, "id": ident, "comment": comment}
        extra = [
            _score(desk, score, "offered"),
            desk.event(
                "web", "SatisfactionRating", score=score, assignee_id=assignee, body=comment
            ),
        ]
    desk.update(at, ticket, ticket.data["requester_id"], extra=extra)


def _score(desk: Desk, score: str, previous: str) -> dict[str, Any]:
    fields = {"satisfaction_score": score, "previous_value": previous}
    return desk.event("rule" if score == "offered" else "web", "Change", **fields)


def _response(rating: dict[str, Any], at: int) -> dict[str, Any]:
    """A survey that was sent. Its id is a ULID: when it was sent is written in its beginning."""
    zrn = f"zen:ticket:{rating['ticket_id']}"
    return {
        "id": _ulid(at, rating["id"]),
        "survey_id": _ulid(1_700_000_000, 7),
        "survey_version": 1,
        "answers": [],
        "responder_id": rating["requester_id"],
        "subjects": [{"id": str(rating["ticket_id"]), "type": "zen:ticket", "zrn": zrn}],
        "expires_at": iso(at + 28 * 86_400),
    }


def _answers(rating: dict[str, Any], at: int) -> list[dict[str, Any]]:
    stamps = {"created_at": iso(at), "updated_at": iso(at)}
    scale = {
        "type": "rating_scale",
        "question": {
            "id": "q1",
            "type": "rating_scale_emoji",
            "sub_type": "customer_satisfaction",
            "options": [{"rating": number} for number in range(1, 6)],
        },
        "rating": 5 if rating["score"] == "good" else 2,
        "rating_category": rating["score"],
        **stamps,
    }
    if not rating["comment"]:
        return [scale]
    question = {"id": "q2", "type": "open_ended"}
    return [
        scale,
        {"type": "open_ended", "question": question, "value": rating["comment"], **stamps},
    ]


def _ulid(at: int, unique: int) -> str:
    number = (at * 1000 << 80) | unique
    return "".join(BASE32[number >> 5 * place & 31] for place in reversed(range(26)))

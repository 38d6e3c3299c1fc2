"""Satisfaction surveys, from whoever reports them: ticket events, or the list of legacy ratings.

One Survey a (ticket, instant of sending): every reporter builds the same id from the two, so a
survey that several report is one record. An account has either legacy ratings or the newer survey
responses; ticket events tell of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records import Survey
from deskpulse_connectors.raw import mapping, moment, need, text_id
from deskpulse_connectors.zendesk.audits import (
    CHANGES,
    OFFERED,
    RATING,
    SUBMITTED,
    children,
    event_type,
    vendor_changes,
    when,
)
from deskpulse_connectors.zendesk.values import SYSTEM, instant

SENT_AT = "deskpulse_survey_sent_at"
"""Key under which `Offers` tells an answering audit when its survey was sent (epoch seconds)."""

RESPONSE = "deskpulse_survey_response"
"""Key under which `Offers` puts the survey response that an audit only names."""

EVENTS = OFFERED | SUBMITTED | {RATING}
SCORE = "satisfaction_score"
COMMENT = "satisfaction_comment"
VERDICTS: Mapping[str, float] = MappingProxyType({"good": 1.0, "neutral": 0.5, "bad": 0.0})
SCALE = (1, 5)
"""Survey responses are numbers on 1..5, unless the question lists other options."""


def survey_id(ticket_id: Any, sent_at: datetime) -> str:
    """The id of the survey about a ticket sent at an instant, to the second."""
    return f"{ticket_id}@{int(sent_at.timestamp())}"


def speaks_of_survey(audit: Mapping[str, Any]) -> bool:
    """Whether any event of this audit is about a survey; most are not, so this is quick."""
    for child in audit.get("child_events") or audit.get("events") or ():
        if isinstance(child, dict) and (
            SCORE in child or child.get("field_name") == SCORE or event_type(child) in EVENTS
        ):
            return True
    return False


def offer_in(audit: Mapping[str, Any]) -> datetime | None:
    """When the survey that this audit offers was sent; None if it offers none."""
    for child in children(audit):
        kind = event_type(child)
        scores = (new for field, _, new in vendor_changes(child) if field == SCORE)
        if kind in OFFERED or (kind in CHANGES and "offered" in scores):
            return when(audit)
    return None


def responses_in(audit: Mapping[str, Any]) -> Iterator[str]:
    """The ids of survey responses that this audit names without saying what was answered."""
    for child in children(audit):
        named = child.get("survey_response_id")
        if event_type(child) in SUBMITTED and named is not None and not _submitted(child):
            yield str(named)


def answer_in(audit: Mapping[str, Any]) -> dict[str, Any] | None:
    """Score, scale and comment of the survey that this audit answers; None if it answers none."""
    found: dict[str, Any] = {}
    comment = None
    for child in children(audit):
        kind = event_type(child)
        if kind in SUBMITTED:
            found |= _submitted(child) or _submitted(mapping(audit.get(RESPONSE)))
        elif kind == RATING:
            found |= _verdict(child.get("score"))
            comment = child.get("body") or comment
        elif kind in CHANGES:
            changed = {field: new for field, _, new in vendor_changes(child)}
            found |= _verdict(changed.get(SCORE))
            comment = changed.get(COMMENT) or comment
    return {"comment": comment, **found} if "score" in found else None


def survey_in(audit: Mapping[str, Any]) -> Survey | None:
    """The survey that an audit offers or answers, if any.

    An answer without a known survey (its ticket's audits are gone) gives none.
    """
    answer = answer_in(audit)
    if answer is None:
        offered = offer_in(audit)
        return None if offered is None else _survey(audit["ticket_id"], offered, {})
    sent = audit.get(SENT_AT)
    if sent is None:
        return None
    person = audit.get("updater_id")
    values = {"customer_id": None if person == SYSTEM else person, "answered_at": when(audit)}
    return _survey(audit["ticket_id"], instant(sent), {**values, **answer})


def to_rating(raw: Any) -> Survey | None:
    """A legacy satisfaction rating. `unoffered` means that there was no survey.

    `assignee_id` is the agent when it was rated, not when it was sent, so it is left out.
    """
    score = str(need(raw, "score", "satisfaction rating"))
    if score == "unoffered":
        return None
    ticket_id = need(raw, "ticket_id", "satisfaction rating")
    rating = f"satisfaction rating {raw.get('id')}"
    sent = moment(need(raw, "created_at", "satisfaction rating"), f"{rating}: created_at")
    values: dict[str, Any] = {"customer_id": raw.get("requester_id")}
    if score != "offered":
        verdict = _verdict(score)
        if not verdict:
            raise RecordRejected(f"{rating}: score is {score!r}; allowed: offered, good, bad")
        values |= verdict
        values |= {"answered_at": raw.get("updated_at"), "comment": raw.get("comment")}
    return _survey(ticket_id, sent, values)


def _survey(ticket_id: Any, sent_at: datetime, values: Mapping[str, Any]) -> Survey:
    return Survey.read(
        {
            "id": survey_id(ticket_id, sent_at),
            "kind": "csat",
            "ticket_id": text_id(ticket_id),
            "sent_at": sent_at.replace(microsecond=0),
            **values,
        }
    )


def _verdict(score: Any) -> dict[str, Any]:
    """Good or bad (also `good_with_comment` and the like) as 1 or 0; empty for anything else."""
    word = str(score or "").split("_", maxsplit=1)[0]
    if word not in VERDICTS:
        return {}
    return {"score": VERDICTS[word], "scale_min": 0.0, "scale_max": 1.0}


def _submitted(response: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered, from an event that says so or from a survey response."""
    answers = response.get("answers")
    if isinstance(answers, list):
        return _answers(each for each in answers if isinstance(each, Mapping))
    return _rated(response)


def _answers(answers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The rating and the comments among the answers of a survey response."""
    found: dict[str, Any] = {}
    comments = []
    for answer in answers:
        asked_for = mapping(answer.get("question")).get("sub_type", "customer_satisfaction")
        if answer.get("type") == "rating_scale" and asked_for == "customer_satisfaction":
            found |= _rated(answer)
        elif answer.get("type") == "open_ended" and isinstance(answer.get("value"), str):
            comments.append(answer["value"])
    return {**found, "comment": "\n".join(comments)} if comments else found


def _rated(answer: Mapping[str, Any]) -> dict[str, Any]:
    rating = answer.get("rating")
    if not isinstance(rating, int | float):
        return _verdict(answer.get("rating_category"))
    options = mapping(answer.get("question")).get("options") or ()
    ratings = [mapping(each).get("rating") for each in options]
    known = [each for each in ratings if isinstance(each, int)]
    low, high = (min(known), max(known)) if len(known) > 1 else SCALE
    return {"score": float(rating), "scale_min": float(low), "scale_max": float(high)}

"""Surveys: one a (ticket, instant of sending), whoever reports it."""

from datetime import UTC, datetime

import pytest

from deskpulse.errors import RecordRejected, RequestRefused, SourceUnavailable
from deskpulse.records import Survey
from deskpulse_connectors.zendesk.events import to_events
from deskpulse_connectors.zendesk.offers import Offers
from deskpulse_connectors.zendesk.surveys import to_rating
from support.zendesk import EPOCH, READING, audit, change, iso

SENT = EPOCH - 9000
ANSWERED = EPOCH - 4000
LEGACY_OFFER = audit(
    1, SENT, change(10, "satisfaction_score", "offered", "unoffered"), updater_id=-1
)
LEGACY_ANSWER = audit(
    2,
    ANSWERED,
    change(11, "satisfaction_score", "good", "offered"),
    change(12, "satisfaction_comment", "Great help."),
    updater_id=7,
)
OFFER = audit(1, SENT, {"id": 10, "event_type": "SurveyOffered", "survey_id": "01J"})
ANSWER = audit(
    2,
    ANSWERED,
    {"id": 11, "event_type": "SurveyResponseSubmitted", "survey_response_id": "01R"},
    updater_id=7,
)
RESPONSE = {
    "id": "01R",
    "answers": [
        {
            "type": "rating_scale",
            "rating": 4,
            "rating_category": "good",
            "question": {"sub_type": "customer_satisfaction", "type": "rating_scale_numeric"},
        },
        {"type": "rating_scale", "rating": 1, "question": {"sub_type": "other"}},
        {"type": "skipped", "question": {"type": "open_ended"}},
        {"type": "open_ended", "value": "Fast and helpful."},
    ],
}
RATING = {
    "id": 62,
    "ticket_id": 101,
    "requester_id": 7,
    "assignee_id": 2,
    "score": "good",
    "comment": "Great help.",
    "created_at": iso(SENT),
    "updated_at": iso(ANSWERED),
}


def nothing(_):
    raise AssertionError("the vendor must not be asked")


def surveys(*audits, history=nothing, response=nothing):
    offers = Offers(history, response)
    return [
        record
        for each in offers.complete(audits)
        for record in to_events(each, READING)
        if isinstance(record, Survey)
    ]


def test_an_offer_is_a_survey_without_a_score():
    for offer in (LEGACY_OFFER, OFFER):
        [got] = surveys(offer)
        assert (got.id, got.ticket_id) == (f"101@{SENT}", "101")
        assert (got.sent_at, got.answered_at, got.score) == (
            datetime.fromtimestamp(SENT, UTC),
            None,
            None,
        )


def test_every_reporter_names_one_survey_the_same():
    offered, answered = surveys(LEGACY_OFFER, LEGACY_ANSWER)
    rated = to_rating(RATING)
    assert offered.id == answered.id == rated.id
    assert answered == rated


def test_an_answer_in_a_later_run_finds_its_survey_in_the_tickets_audits():
    later_offer = audit(9, EPOCH - 10, change(1, "satisfaction_score", "offered"))
    asked = []

    def history(ticket_id):
        asked.append(ticket_id)
        return iter([audit(0, SENT - 5), LEGACY_OFFER, LEGACY_ANSWER, later_offer])

    [got] = surveys(LEGACY_ANSWER, history=history)
    assert (got.id, got.score, got.comment) == (f"101@{SENT}", 1.0, "Great help.")
    assert asked == [101]


def test_a_changed_answer_belongs_to_the_same_survey():
    changed = audit(3, EPOCH - 100, change(13, "satisfaction_score", "bad", "good"))
    *_, got = surveys(LEGACY_OFFER, LEGACY_ANSWER, changed)
    assert (got.id, got.score, got.scale_min, got.scale_max) == (f"101@{SENT}", 0.0, 0.0, 1.0)


def test_a_second_survey_about_a_ticket_is_another_one():
    again = audit(3, EPOCH - 500, change(13, "satisfaction_score", "offered"))
    answer = audit(4, EPOCH - 100, change(14, "satisfaction_score", "bad", "offered"))
    first, _, second, answered = surveys(LEGACY_OFFER, LEGACY_ANSWER, again, answer)
    assert first.id != second.id == answered.id


@pytest.mark.parametrize("status", [403, 404])
def test_an_answer_about_a_deleted_ticket_is_counted_not_fatal(status):
    def gone(_):
        raise RequestRefused("gone", status=status)

    offers = Offers(gone, nothing)
    [kept] = offers.complete([LEGACY_ANSWER])
    assert kept == LEGACY_ANSWER
    assert offers.missing == 1
    assert [r for r in to_events(kept, READING) if isinstance(r, Survey)] == []


def test_a_source_that_is_down_stops_the_stream_so_nothing_is_lost():
    def down(_):
        raise SourceUnavailable("down", status=503)

    with pytest.raises(SourceUnavailable):
        surveys(LEGACY_ANSWER, history=down)


def test_a_survey_response_is_read_by_its_id():
    asked = []

    def response(ident):
        asked.append(ident)
        return RESPONSE

    _, got = surveys(OFFER, ANSWER, response=response)
    assert asked == ["01R"]
    assert (got.score, got.scale_min, got.scale_max) == (4.0, 1.0, 5.0)
    assert (got.comment, got.customer_id) == ("Fast and helpful.", "7")
    assert got.answered_at == datetime.fromtimestamp(ANSWERED, UTC)


def test_a_response_that_is_gone_leaves_the_offer():
    def gone(_):
        raise RequestRefused("gone", status=404)

    [got] = surveys(OFFER, ANSWER, response=gone)
    assert got.score is None


def test_an_event_that_says_the_answer_needs_no_further_request():
    told = audit(
        2,
        ANSWERED,
        {"id": 1, "event_type": "SurveyResponseSubmitted", "survey_response_id": "x", "rating": 2},
    )
    _, got = surveys(OFFER, told)
    assert (got.score, got.scale_max) == (2.0, 5.0)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"rating_category": "neutral"}, (0.5, 0.0, 1.0)),
        ({"rating": 3, "question": {"options": [{"rating": 1}, {"rating": 3}]}}, (3.0, 1.0, 3.0)),
    ],
)
def test_scales(answer, expected):
    response = {"answers": [{"type": "rating_scale", **answer}]}
    _, got = surveys(OFFER, ANSWER, response=lambda _: response)
    assert (got.score, got.scale_min, got.scale_max) == expected


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ("good", 1.0),
        ("good_with_comment", 1.0),
        ("bad", 0.0),
        ("bad_without_comment", 0.0),
        ("offered", None),
    ],
)
def test_ratings(score, expected):
    assert to_rating(RATING | {"score": score}).score == expected


def test_an_unoffered_rating_is_no_survey():
    assert to_rating(RATING | {"score": "unoffered"}) is None


def test_the_agent_of_a_rating_is_left_out():
    """It is who had the ticket when it was rated, not when the survey was sent."""
    assert to_rating(RATING).agent_id is None


def test_a_strange_score_is_refused():
    with pytest.raises(RecordRejected, match="score is 'meh'; allowed: offered, good, bad"):
        to_rating(RATING | {"score": "meh"})


def test_a_bad_audit_passes_through_for_parse_to_refuse():
    bad = audit(1, SENT, change(10, "satisfaction_score", "offered"), created_at="soon")
    assert Offers(nothing, nothing).complete([bad, "worse", {}]) == [bad, "worse", {}]

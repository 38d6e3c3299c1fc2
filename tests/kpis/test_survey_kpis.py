"""Scores, recommendation, effort and article votes by hand."""

from datetime import date

import pytest

from support.marts import engine, fact

JUNE = {"start": date(2025, 6, 1), "end": date(2025, 6, 30)}
SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7), "cx": (1, 5), "article": (0, 1)}


def the_row(result):
    (row,) = result.rows
    return row


def surveys(kind, *scores, scale=None):
    """One survey a score; None is sent and not answered."""
    low, high = scale or SCALES[kind]
    return [
        fact(survey_id=f"{kind}{low}{number}", survey=kind, scale_min=float(low),
             scale_max=float(high), sent_at="2025-06-02T09:00",
             score=None if score is None else float(score),
             points=None if score is None else float(score),
             answered_at=None if score is None else "2025-06-02T10:00")
        for number, score in enumerate(scores)
    ]  # fmt: skip


ROWS = [
    *surveys("csat", 5, 4, 3, None),
    *surveys("csat", 1, 0, scale=(0, 1)),
    *surveys("nps", 10, 9, 8, 6, 0, None, None, None),
    *surveys("ces", 7, 5, 4, None),
    *surveys("ces", 2, scale=(1, 5)),
    *surveys("cx", 5, 2),
    *surveys("article", 1, 1, 0, None),
    *(row | {"counted": False, "survey_id": "gone"} for row in surveys("nps", 0)),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = engine(tmp_path_factory.mktemp("mart"), surveys=ROWS)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("kpi", "value", "n"),
    [
        ("csat_score", 4, 3),
        ("csat_top2", 2 / 3, 3),
        ("nps", 0, 5),
        ("ces", 16 / 3, 3),
        ("ces_easy_rate", 2 / 3, 3),
        ("cx_rating", 3.5, 2),
        ("cx_top2", 1 / 2, 2),
        ("article_helpful_rate", 2 / 3, 3),
        ("nps_response_rate", 5 / 8, 8),
        ("ces_response_rate", 4 / 5, 5),
        ("cx_response_rate", 1.0, 2),
        ("article_response_rate", 3 / 4, 4),
    ],
)
def test_what_customers_say(desk, kpi, value, n):
    row = the_row(desk.compute(kpi))
    assert (row.value, row.n) == (pytest.approx(value), n)


@pytest.mark.parametrize(
    "kpi",
    [
        "csat_score", "csat_top2", "nps", "ces", "ces_easy_rate", "cx_rating", "cx_top2",
        "article_helpful_rate", "nps_response_rate", "ces_response_rate", "cx_response_rate",
        "article_response_rate",
    ],
)  # fmt: skip
def test_nobody_said_anything(tmp_path, kpi):
    row = the_row(engine(tmp_path, surveys=[]).compute(kpi, **JUNE))
    assert (row.value, row.n) == (None, 0)


def test_a_scale_that_is_missing_or_another_is_in_no_score(tmp_path):
    rows = [row | {"scale_min": None, "scale_max": None} for row in surveys("ces", 7, 7)]
    desk = engine(tmp_path, surveys=[*rows, *surveys("ces", 5, scale=(1, 5))])
    assert the_row(desk.compute("ces", **JUNE)).value is None
    assert the_row(desk.compute("ces_easy_rate", **JUNE)).n == 0


@pytest.mark.parametrize(("score", "nps"), [(0, -100), (6, -100), (7, 0), (8, 0), (9, 100)])
def test_the_borders_of_recommendation(tmp_path, score, nps):
    assert the_row(engine(tmp_path, surveys=surveys("nps", score)).compute("nps")).value == nps


def test_ease_is_turned_round_where_a_lower_score_is_better(tmp_path):
    hard = [
        fact(survey_id=str(score), survey="ces", score=float(score), points=8.0 - score,
             scale_min=1.0, scale_max=7.0, answered_at="2025-06-02T10:00")
        for score in (1, 2, 6)
    ]  # fmt: skip
    desk = engine(tmp_path, surveys=hard)
    assert the_row(desk.compute("ces")).value == 5.0
    assert the_row(desk.compute("ces_easy_rate")).value == pytest.approx(2 / 3)


def test_first_contact_by_survey(tmp_path):
    desk = engine(tmp_path, surveys=surveys("fcr", 1, 1, 0, None, scale=(0, 1)))
    told = the_row(desk.compute("fcr_survey"))
    assert (told.value, told.n) == (pytest.approx(2 / 3), 3)
    answered = the_row(desk.compute("fcr_response_rate"))
    assert (answered.value, answered.n) == (3 / 4, 4)
    assert the_row(desk.compute("fcr_survey", start=date(2025, 5, 1), end=date(2025, 5, 2))).n == 0


def test_answers_that_were_changed_later(tmp_path):
    rows = surveys("csat", 5, 1, 5, 2, None)
    for row, good, turned in zip(
        rows, (True, False, True, False, None),
        ("bad_to_good", "good_to_bad", None, "good_to_bad", None), strict=True,
    ):  # fmt: skip
        row |= {"good": good, "turned": turned}
    desk = engine(tmp_path, surveys=rows)
    found = {
        kpi: the_row(desk.compute(kpi)).value
        for kpi in ("csat_good_to_bad", "csat_bad_to_good", "csat_changed_rate", "csat")
    }
    assert found == {
        "csat_good_to_bad": 2, "csat_bad_to_good": 1, "csat_changed_rate": 3 / 4, "csat": 1 / 2,
    }  # fmt: skip
    assert the_row(engine(tmp_path, surveys=[]).compute("csat_changed_rate")).value is None

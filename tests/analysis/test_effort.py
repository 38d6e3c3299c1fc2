"""Effort levels."""

from datetime import date, timedelta

import pytest

from deskpulse_reports.analysis.effort import Terciles, terciles

TODAY = date(2025, 6, 30)


def resolved(efforts, day=TODAY):
    return [(day, effort) for effort in efforts]


def test_thirds_by_hand():
    found = terciles(resolved(range(1, 32)), TODAY)  # 1 .. 31: the ranks 10 and 20 of 0 .. 30
    assert found == Terciles(31, 11, 21)
    assert [found.level(effort) for effort in (0, 11, 11.5, 21, 22, 500)] == [
        "low", "low", "medium", "medium", "high", "high",
    ]  # fmt: skip


def test_fewer_than_thirty_tickets_have_no_levels():
    assert terciles(resolved(range(29)), TODAY) is None
    assert terciles([], TODAY) is None
    assert terciles(resolved([None] * 40), TODAY) is None
    assert terciles(resolved([*range(29), None, float("nan")]), TODAY) is None
    assert terciles(resolved(range(30)), TODAY).n == 30


def test_only_the_last_ninety_days_count():
    inside, outside = TODAY - timedelta(days=89), TODAY - timedelta(days=90)
    assert terciles(resolved(range(30), inside), TODAY).n == 30
    assert terciles(resolved(range(30), outside), TODAY) is None
    assert terciles(resolved(range(30), TODAY + timedelta(days=1)), TODAY) is None


@pytest.mark.parametrize("nothing", [None, float("nan")])
def test_an_unknown_effort_has_no_level(nothing):
    assert Terciles(30, 2, 5).level(nothing) is None


def test_where_all_work_is_alike_it_is_low_and_more_is_high():
    found = terciles(resolved([1] * 40), TODAY)
    assert (found.level(1), found.level(2)) == ("low", "high")

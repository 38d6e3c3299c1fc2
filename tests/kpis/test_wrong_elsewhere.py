"""Errors found in other tools, each by name: from a ticket's history to the figure."""

from datetime import date

import pytest

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.facts import Settings
from support.fact_cases import at, facts, message, status, ticket
from support.golden import micros
from support.marts import engine

ASKED, REPLIED = message("09:00", "customer"), message("09:30", "agent")


@pytest.fixture
def desk(tmp_path):
    """Facts of a ticket -> an engine over them."""
    opened = []

    def make(*found):
        tables = {}
        for number, one in enumerate(found):
            for name in ("tickets", "stages", "replies", "surveys"):
                rows = getattr(one, name).to_dicts()
                own = [row | {"ticket_id": str(number)} for row in rows]
                tables.setdefault(name, []).extend(own)
        opened.append(engine(tmp_path, **tables))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def value(desk, kpi, **asked):
    (row,) = desk.compute(kpi, **asked).rows
    return row.value


def test_dbt_unreplied_was_always_0(desk):
    assert value(desk(facts(ticket(), messages=[ASKED])), "unreplied") == 1


def test_dbt_unsolved_counted_deleted_tickets(desk):
    gone = ticket(removed_at=at("12:00"), removed_reason="deleted")
    made = desk(facts(gone, messages=[ASKED]), facts(ticket(), messages=[ASKED]))
    assert value(made, "open_tickets") == 1
    assert value(made, "submissions") == 1


def test_dbt_called_a_solve_without_a_reply_multi_touch(desk):
    made = desk(facts(ticket(), [status("10:00", "solved", "open")], [ASKED]))
    assert value(made, "multi_touch_rate") == 0
    assert value(made, "zero_touch_rate") == 1
    assert value(made, "one_touch_rate") == 0


def test_dbt_called_a_proactive_ticket_one_touch_and_gave_it_half_a_reply_time(desk):
    creation = message("09:00", "agent")
    made = desk(facts(ticket(), [status("10:00", "solved", "open")], [creation]))
    assert value(made, "one_touch_rate") == 0
    for clock in ("calendar", "business"):
        assert value(made, "first_reply_time", clock=clock) is None


def test_dbt_counted_resolutions_in_whole_minutes(desk):
    solved = {"changed_at": at("09:00") + 89_000_000, "field": "status", "old": "new",
              "new": "solved"}  # fmt: skip
    assert value(desk(facts(ticket(), [solved], [ASKED])), "full_resolution_time") == 89.0


def test_dbt_cut_business_time_after_52_weeks(desk):
    office = Calendar("office", "UTC", {"mon": [("09:00", "10:00")]})
    settings = Settings(Calendars([office]), default_calendar="office")
    late = {"changed_at": micros("2027-06-07T12:00:00Z"), "field": "status", "old": "new",
            "new": "solved"}  # fmt: skip
    made = desk(facts(ticket(), [late], [ASKED], settings=settings))
    assert value(made, "full_resolution_time", clock="business") == 106 * 3600.0


def test_dbt_gave_no_business_time_on_the_sunday_when_clocks_change(desk):
    night = Calendar("night", "America/New_York", {"sun": [("00:00", "06:00")]})
    settings = Settings(Calendars([night]), default_calendar="night")
    begun, ended = micros("2025-03-09T05:00:00Z"), micros("2025-03-09T10:00:00Z")
    made = desk(
        facts(
            ticket(created_at=begun),
            messages=[ASKED | {"sent_at": begun}, REPLIED | {"sent_at": ended}],
            settings=settings,
        )
    )
    assert value(made, "first_reply_time", clock="business") == 5 * 3600.0


def test_dbt_lost_a_reopening_of_a_ticket_that_is_open_again(desk):
    changes = [status("10:00", "solved", "open"), status("11:00", "open", "solved")]
    made = desk(facts(ticket(), changes, [ASKED, REPLIED]))
    assert value(made, "reopen_rate") == 1
    assert value(made, "reopened_open") == 1
    assert value(made, "resolutions") == 0


def test_dbt_never_found_a_ticket_unassigned(desk):
    given = {"changed_at": at("10:00"), "field": "assignee", "old": None, "new": "ann"}
    made = desk(facts(ticket(assignee_id="ann"), [given], [ASKED]), facts(ticket()))
    assert value(made, "unassigned_time") == 3600.0
    assert value(made, "unassigned") == 1


def test_frappe_rounded_every_resolution_up_to_days(desk):
    half = facts(ticket(), [status("21:00", "solved", "open")], [ASKED])
    (row,) = desk(half).compute("full_resolution_time").rows
    assert (row.value, row.mean) == (43_200.0, 43_200.0)


def test_chatwoot_gave_0_business_time_where_no_hours_are_set(desk):
    made = desk(facts(ticket(), messages=[ASKED, REPLIED]))
    assert value(made, "first_reply_time", clock="business") == 1800.0


def test_chatwoot_averaged_a_reopened_chat_twice(desk):
    changes = [
        status("10:00", "solved", "open"),
        status("11:00", "open", "solved"),
        status("12:00", "solved", "open"),
    ]
    (row,) = desk(facts(ticket(), changes, [ASKED, REPLIED])).compute("full_resolution_time").rows
    assert (row.n, row.mean) == (1, 3 * 3600.0)


def test_closing_days_later_moves_no_resolution(desk):
    changes = [status("10:00", "solved", "open"), status("20:00", "closed", "solved")]
    made = desk(facts(ticket(), changes, [ASKED, REPLIED]))
    assert value(made, "full_resolution_time") == 3600.0


def test_va_counted_surveys_without_an_answer_as_bad(desk):
    surveys = [
        {"kind": "csat", "score": 1.0, "scale_min": 0.0, "scale_max": 1.0, "sent_at": at("10:00"),
         "answered_at": at("11:00")},
        {"kind": "csat", "score": None, "scale_min": 0.0, "scale_max": 1.0, "sent_at": at("10:00"),
         "answered_at": None},
    ]  # fmt: skip
    made = desk(facts(ticket(), messages=[ASKED], surveys=surveys))
    assert value(made, "csat") == 1.0
    assert value(made, "csat_response_rate") == 0.5


def test_a_vendor_page_let_detractors_begin_at_1(desk):
    zero = {"kind": "nps", "score": 0.0, "scale_min": 0.0, "scale_max": 10.0,
            "sent_at": at("10:00"), "answered_at": at("11:00")}  # fmt: skip
    assert value(desk(facts(ticket(), messages=[ASKED], surveys=[zero])), "nps") == -100


def test_changed_scores_need_no_first_answer_of_offered(desk):
    survey = {"kind": "csat", "score": 0.0, "scale_min": 0.0, "scale_max": 1.0,
              "sent_at": at("10:00"), "answered_at": at("12:00")}  # fmt: skip

    def rated(time, old, new):
        return {"changed_at": at(time), "field": "rating", "old": old, "new": new}

    for changes, bad, good in (
        ([rated("11:00", "offered", "good"), rated("12:00", "good", "bad")], 1, 0),
        ([rated("12:00", "bad", "good_with_comment")], 0, 1),
        ([rated("11:00", "offered", "good"), rated("12:00", "good", "good_with_comment")], 0, 0),
        ([rated("09:30", "good", "bad")], 0, 0),  # before the survey was sent
    ):
        made = desk(facts(ticket(), changes, [ASKED], surveys=[survey]))
        assert value(made, "csat_good_to_bad") == bad
        assert value(made, "csat_bad_to_good") == good


def test_the_mean_of_teams_is_not_the_mean_of_tickets(desk):
    quick, slow = ticket(team_id="a"), ticket(team_id="b")
    made = desk(
        facts(quick, messages=[ASKED, message("09:10", "agent")]),
        facts(quick, messages=[ASKED, message("09:10", "agent")]),
        facts(slow, messages=[ASKED, message("10:00", "agent")]),
    )
    (row,) = made.compute("first_reply_time").rows
    assert row.mean == pytest.approx(1600.0)  # of the teams' means it would be 2100


def test_a_day_is_the_desks_not_utcs(tmp_path):
    late = facts(ticket(created_at=micros("2025-06-03T03:30:00Z")), messages=[ASKED])
    made = engine(tmp_path, "America/New_York", tickets=late.tickets.to_dicts())
    window = {"start": date(2025, 6, 2), "end": date(2025, 6, 2)}
    assert value(made, "submissions", **window) == 1

"""Running spans, counted up to an instant."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.facts import History, Settings, as_of, derive
from support.golden import case_history, case_settings, cases, micros

CASES = {case["id"]: case for case in cases("tickets")}


def test_counting_up_to_now_equals_the_solve_at_now():
    """What runs up to an instant is what would be finished, were the ticket solved then."""
    case, settings = CASES["G22"], case_settings(CASES["G22"])
    history = case_history(case)
    now = datetime.fromisoformat(case["now"])
    for hours in (0, 5, 24, 100):
        instant = now + timedelta(hours=hours)
        running = as_of(derive(history, settings).tickets, instant, settings.calendars)
        solved = pl.DataFrame(
            {
                "source": ["golden"],
                "id": ["end"],
                "ticket_id": [case["id"]],
                "changed_at": [micros(instant.isoformat())],
                "field": ["status"],
                "old": ["new"],
                "new": ["solved"],
            }
        )
        ended = derive(
            History.of(history.tickets, messages=history.messages, changes=solved), settings
        ).tickets
        for name in ("requester_wait_s", "requester_wait_business_s", "agent_work_s"):
            assert running[name][0] == ended[name][0] > 0


def test_before_it_began_nothing_is_added_and_waiting_is_measured():
    case, settings = CASES["G22"], case_settings(CASES["G22"])
    tickets = derive(case_history(case), settings).tickets
    created = datetime.fromisoformat(case["ticket"]["created_at"])
    early = as_of(tickets, created - timedelta(days=1), settings.calendars)
    assert early["requester_wait_s"][0] == 0 == early["waiting_s"][0]
    late = as_of(tickets, created + timedelta(hours=10), settings.calendars)
    assert (late["waiting_s"][0], late["waiting_business_s"][0]) == (36000, 28800)


def test_a_solved_ticket_stands_still_and_nobody_waits():
    case, settings = CASES["G01"], case_settings(CASES["G01"])
    tickets = derive(case_history(case), settings).tickets
    later = as_of(tickets, datetime.fromisoformat("2026-01-01T00:00:00Z"), settings.calendars)
    assert later["requester_wait_s"].to_list() == tickets["requester_wait_s"].to_list()
    assert later["waiting_s"].to_list() == [None]


def test_a_running_span_goes_on_from_the_schedule_it_has_now():
    calendars = Calendars(
        [
            Calendar("day", "UTC", {"mon": [("08:00", "20:00")]}),
            Calendar("noon", "UTC", {"mon": [("10:00", "12:00")]}),
        ]
    )
    history = History.of(
        pl.DataFrame(
            {
                "source": ["s"],
                "id": ["1"],
                "created_at": [micros("2025-06-02T08:00:00Z")],
                "schedule_id": ["noon"],
            }
        ),
        changes=pl.DataFrame(
            {
                "source": ["s"],
                "id": ["1"],
                "ticket_id": ["1"],
                "changed_at": [micros("2025-06-02T11:00:00Z")],
                "field": ["schedule"],
                "old": ["day"],
                "new": ["noon"],
            }
        ),
    )
    tickets = derive(history, Settings(calendars)).tickets
    row = as_of(tickets, datetime.fromisoformat("2025-06-02T18:00:00Z"), calendars)
    assert row["requester_wait_business_s"][0] == (3 + 1) * 3600

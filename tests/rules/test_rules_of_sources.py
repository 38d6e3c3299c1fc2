"""`stale`, `no_tickets` and `flood`: rules about whole sources and teams."""

from datetime import timedelta

import pytest

from deskpulse_reports.freshness import Freshness
from deskpulse_reports.rules.flood import Flood
from deskpulse_reports.rules.no_tickets import NoTickets
from deskpulse_reports.rules.stale import Stale
from support.rule_desks import (
    HOUR,
    TICK,
    at,
    clock,
    conditions,
    desk,
    mistakes,
    says,
    team,
)

# --- stale -----------------------------------------------------------------------------------

NOW = "2026-01-05T12:00"


def fresh(complete_to, expected=2 * HOUR):
    return desk(NOW, sources={"desk": Freshness("desk", complete_to, expected)})


@pytest.mark.parametrize(
    ("age", "condition"),
    [(2 * HOUR, "clear"), (2 * HOUR + TICK, "holds"), (timedelta(0), "clear")],
)
def test_stale_to_the_microsecond(age, condition):
    [signal] = says(Stale, fresh(at(NOW) - age))
    assert signal.condition == condition
    assert (signal.severity, signal.subject, signal.labels) == (
        "critical", "desk", {"source": "desk"},
    )  # fmt: skip


def test_stale_says_since_when_and_how_old():
    [signal] = says(Stale, fresh(at("2026-01-05T07:00")))
    assert signal.title == "Data of desk is 5 h old (complete to 07:00, Mon)"
    assert signal.summary == f"{signal.title}. It should be no older than 2 h."
    assert signal.since == at("2026-01-05T09:00")


def test_a_source_that_was_never_read_is_stale():
    [signal] = says(Stale, fresh(None))
    assert (signal.condition, signal.title) == ("holds", "desk was never read")


def test_a_source_that_is_not_expected_to_be_fresh_is_left_alone():
    assert says(Stale, fresh(None, expected=None)) == []
    [signal] = says(Stale, fresh(at("2026-01-04T12:00"), expected=None), older_than="23h")
    assert signal.condition == "holds"


def test_stale_watches_only_the_sources_named():
    assert says(Stale, fresh(None), sources=["shop"]) == []
    assert mistakes(Stale, fresh(None), sources=["desc"]) == [
        "sources names 'desc' (did you mean 'desk'?): allowed are desk"
    ]


# --- no tickets ------------------------------------------------------------------------------

BEFORE = [
    ("desk", None, at("2026-01-05T08:00") - timedelta(weeks=week, minutes=-20 * n))
    for week in range(1, 9)
    for n in range(12)
]
"""In the weeks before, a ticket every 20 minutes from 08:00 to 12:00."""


def quiet(now, last="2026-01-05T08:00", past=BEFORE, **fields):
    return desk(now, arrivals=[*past, ("desk", None, at(last))], **fields)


@pytest.mark.parametrize(
    ("now", "condition"),
    [
        (at("2026-01-05T10:00") - TICK, "clear"),
        (at("2026-01-05T10:00"), "holds"),  # six tickets are usual: e^-6 = 0.2 %
        (at("2026-01-05T12:00"), "holds"),
    ],
)
def test_silence_to_the_microsecond(now, condition):
    [signal] = says(NoTickets, quiet(now))
    assert signal.condition == condition


def test_silence_in_words():
    [signal] = says(NoTickets, quiet("2026-01-05T10:30"))
    assert signal.title == (
        "No new ticket in desk for 2 h 30 min of open time (the last came 08:00, Mon)"
    )
    assert "In the same stretch of the 8 weeks before there were 8 (median)." in signal.summary
    assert signal.since == at("2026-01-05T08:00")


def test_silence_that_is_usual_is_none():
    few = [arrival for n, arrival in enumerate(BEFORE) if n % 12 < 2]
    assert conditions(NoTickets, quiet("2026-01-05T11:00", past=few)) == {("desk", ""): "clear"}
    assert conditions(NoTickets, quiet("2026-01-05T11:00", past=few), chance=1) == {
        ("desk", ""): "holds"
    }


def test_only_open_time_counts():
    friday = "2026-01-02T15:30"  # half an hour before the office closes in Berlin
    assert conditions(NoTickets, quiet("2026-01-05T09:29", friday), chance=1)["desk", ""] == "clear"
    assert conditions(NoTickets, quiet("2026-01-05T09:30", friday), chance=1)["desk", ""] == "holds"
    always = {"chance": 1, "calendar": ""}
    assert conditions(NoTickets, quiet("2026-01-02T17:30", friday), **always)["desk", ""] == "holds"


def test_the_weeks_before_are_told_by_the_clock_on_the_wall():
    """In the week of 29 March 2026 Berlin changes to summer time; 10:00 stays 10:00."""
    asked = []

    class Asking(type(desk(NOW))):
        def created(self, spans, by="source"):
            asked.extend(spans)
            return super().created(spans, by)

    on = Asking(
        now=at("2026-03-30T10:00"), zone="Europe/Berlin", arrivals=[("desk", None, at("2026-03-30T06:00"))],
        sources={"desk": Freshness("desk", at("2026-03-30T10:00"), HOUR)},
    )  # fmt: skip
    says(NoTickets, on, weeks=1)
    assert asked == [(at("2026-03-23T07:00"), at("2026-03-23T11:00"))]


def test_silence_on_stale_data_is_unknown():
    assert conditions(NoTickets, quiet("2026-01-05T12:00").stale()) == {("desk", ""): "unknown"}


def test_a_source_without_any_ticket_is_left_alone():
    assert says(NoTickets, desk(NOW)) == []


def test_a_calendar_that_is_not_there():
    assert "did you mean 'office'" in mistakes(NoTickets, desk(NOW), calendar="ofice")[0]
    assert mistakes(NoTickets, desk(NOW), calendar="") == []


# --- flood -----------------------------------------------------------------------------------

TEAMS = [team("3", "Billing"), team("4", "Sales")]


def broken(count, team_id="3", started="2026-01-05T10:30"):
    return [clock(started, ticket_id=f"{team_id}-{n}", team_id=team_id) for n in range(count)]


def test_many_breaches_of_one_team_are_a_flood():
    on = desk(NOW, *broken(6), *broken(5, "4"), all_teams=TEAMS)
    found = says(Flood, on, more_than=5)
    assert {signal.subject: signal.condition for signal in found} == {
        "breaches/desk/3": "holds",
        "breaches/desk/4": "clear",
    }
    assert found[0].title == "6 broken SLA promises of Billing within 1 h"
    assert found[0].labels == {"source": "desk", "team": "3", "team_name": "Billing"}


def test_breaches_before_the_window_do_not_count():
    on = desk(NOW, *broken(6, started="2026-01-05T10:00"), all_teams=TEAMS)
    assert conditions(Flood, on, more_than=5)["breaches/desk/3", ""] == "clear"
    later = desk(NOW, *broken(6, started="2026-01-05T10:00:01"), all_teams=TEAMS)
    assert conditions(Flood, later, more_than=5)["breaches/desk/3", ""] == "holds"


def test_breaches_that_ended_count_too():
    over = [
        clock(
            ticket_id=str(n), state="breached", running=False, due_at=None, team_id="3",
            elapsed_s=4000.0, breached_at=at("2026-01-05T11:30"), ended_at=at("2026-01-05T11:40"),
        )
        for n in range(6)
    ]  # fmt: skip
    assert conditions(Flood, desk(NOW, *over), more_than=5)["breaches/desk/3", ""] == "holds"


@pytest.mark.parametrize(("count", "condition"), [(21, "holds"), (20, "clear")])
def test_many_new_tickets(count, condition):
    arrivals = [("desk", "3", at("2026-01-05T11:30"))] * count
    on = desk(NOW, arrivals=arrivals, all_teams=TEAMS)
    assert conditions(Flood, on, of="tickets")["tickets/desk/3", ""] == condition
    by_source = conditions(Flood, on, of="tickets", by="source")
    assert by_source == {("tickets/desk", ""): condition}


def test_on_stale_data_a_flood_stays_one_and_no_flood_is_unknown():
    on = desk(NOW, arrivals=[("desk", "3", at("2026-01-05T11:30"))] * 21, all_teams=TEAMS).stale()
    assert conditions(Flood, on, of="tickets") == {
        ("tickets/desk/3", ""): "holds",
        ("tickets/desk/4", ""): "unknown",
    }

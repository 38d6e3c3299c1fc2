"""SLA warnings: exact to the microsecond, in the target's own clock, and never on a guess."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from deskpulse.message import TicketLine, Tickets
from deskpulse.records import Agent
from deskpulse.untrusted import Untrusted
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.rules import levels
from deskpulse_reports.rules.sla import Sla
from support.hostile import NAMES, TEXTS
from support.rule_desks import (
    HOUR,
    TICK,
    at,
    clock,
    conditions,
    desk,
    mistakes,
    office,
    says,
    team,
    ticket,
)

LADDER = ["75%", "90%", "breach", "+1h"]


def rungs(on, **config):
    """level -> condition of the only clock."""
    return {level: condition for (_, level), condition in conditions(Sla, on, **config).items()}


# --- when a level is reached -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "reached"),
    [
        ("2026-01-05T09:00", 0),
        ("2026-01-05T09:44:59.999999", 0),
        ("2026-01-05T09:45", 1),
        ("2026-01-05T09:53:59.999999", 1),
        ("2026-01-05T09:54", 2),
        ("2026-01-05T10:00", 2),  # what comes exactly now is still in time
        ("2026-01-05T10:00:00.000001", 3),
        ("2026-01-05T10:59:59.999999", 3),
        ("2026-01-05T11:00", 4),
        ("2026-01-09T11:00", 4),
    ],
)
def test_levels_are_reached_to_the_microsecond(now, reached):
    wanted = dict(zip(LADDER, ["holds"] * reached + ["clear"] * (4 - reached), strict=True))
    assert rungs(desk(now, clock())) == wanted


@pytest.mark.parametrize(
    ("level", "target_s", "moment"),
    [
        ("30m left", 3600, "2026-01-05T09:30"),
        ("90s left", 3600, "2026-01-05T09:58:30"),
        ("3h left", 4 * 3600, "2026-01-05T10:00"),
        ("12.5%", 3600, "2026-01-05T09:07:30"),
        ("+90m", 3600, "2026-01-05T11:30"),
        ("+5s", 3600, "2026-01-05T10:00:05"),
    ],
)
def test_every_kind_of_level(level, target_s, moment):
    one = clock(target_s=target_s)
    assert rungs(desk(at(moment) - TICK, one), levels=[level]) == {level: "clear"}
    assert rungs(desk(at(moment), one), levels=[level]) == {level: "holds"}
    [signal] = says(Sla, desk(at(moment) + HOUR, one), levels=[level])
    assert signal.since == at(moment)


def test_a_lead_that_is_no_shorter_than_the_target_makes_no_sense():
    short = clock(target_s=1800)
    assert rungs(desk("2026-01-05T09:10", short), levels=["1h left", "breach"]) == {
        "breach": "clear"
    }
    assert rungs(desk("2026-01-05T09:10", clock()), levels=["1h left", "breach"]) == {
        "breach": "clear"
    }


def test_the_rungs_of_a_clock_come_lowest_first():
    ladder = ["+1h", "breach", "10m left", "50%"]
    found = says(Sla, desk("2026-01-05T09:10", clock()), levels=ladder)
    assert [signal.level for signal in found] == ["50%", "10m left", "breach", "+1h"]


@pytest.mark.parametrize(
    ("level", "moment"),
    [
        ("75%", "2026-01-05T08:15"),  # Friday 16:30 + 45 min of open time: Monday 09:15 in Berlin
        ("15m left", "2026-01-05T08:15"),
        ("+1h", "2026-01-05T09:30"),
    ],
)
def test_a_weekend_passes_without_open_time(level, moment):
    friday = office("2026-01-02T15:30")
    assert rungs(desk(at("2026-01-04T12:00"), friday)) == {
        "75%": "clear", "90%": "clear", "breach": "clear", "+1h": "clear",
    }  # fmt: skip
    assert rungs(desk(at(moment) - TICK, friday), levels=[level])[level] == "clear"
    assert rungs(desk(at(moment), friday), levels=[level])[level] == "holds"


def test_a_deadline_at_closing_time_is_missed_only_when_the_desk_opens_again():
    friday = office("2026-01-02T15:00")  # 16:00 in Berlin, one hour: due at 17:00, when it closes
    assert friday.due_at == at("2026-01-02T16:00")
    for moment in ("2026-01-02T16:00", "2026-01-04T12:00", "2026-01-05T08:00"):
        assert rungs(desk(moment, friday))["breach"] == "clear"
    assert rungs(desk(at("2026-01-05T08:00") + TICK, friday))["breach"] == "holds"


def test_the_hour_that_the_clocks_skip_is_no_time_and_no_error():
    night = clock("2026-03-29T00:30", target_s=7200)  # Berlin skips 02:00 to 03:00 at 01:00 UTC
    assert rungs(desk(at("2026-03-29T02:00") - TICK, night))["75%"] == "clear"
    assert rungs(desk("2026-03-29T02:00", night))["75%"] == "holds"
    friday = office("2026-03-27T15:30", target_s=3600)  # 16:30 winter time; Monday is summer time
    monday = at("2026-03-30T07:30")
    assert rungs(desk(monday, friday))["breach"] == "clear"
    assert rungs(desk(monday + TICK, friday))["breach"] == "holds"


# --- pauses, priorities, ends ----------------------------------------------------------------


def paused(elapsed_s, **fields):
    return clock(
        state="paused", running=False, due_at=None, elapsed_s=elapsed_s, reason="pending", **fields
    )


def test_a_paused_clock_reaches_nothing_however_long_it_is_paused():
    found = rungs(desk("2026-02-01T09:00", paused(2699.0)))
    assert found == dict.fromkeys(LADDER, "clear")


def test_what_a_paused_clock_had_reached_stays_what_it_was():
    found = rungs(desk("2026-01-05T12:00", paused(3000.0)))
    assert found == {"75%": "unknown", "90%": "clear", "breach": "clear", "+1h": "clear"}
    [first, *_] = says(Sla, desk("2026-01-05T12:00", paused(3000.0)))
    assert first.title == "First reply of desk/1 is paused with 10 min left"


def test_a_breach_stays_one_while_the_clock_is_paused():
    broken = clock(
        state="breached", running=True, due_at=None, elapsed_s=4000.0,
        breached_at=at("2026-01-05T10:00"), standing_at=at("2026-01-05T10:30"),
    )  # fmt: skip
    assert rungs(desk("2026-01-08T09:00", broken)) == {
        "75%": "unknown", "90%": "unknown", "breach": "holds", "+1h": "clear",
    }  # fmt: skip


def test_after_a_pause_the_levels_go_by_what_had_run_before():
    resumed = clock(elapsed_s=1800.0, standing_at=at("2026-01-05T12:00"))
    assert resumed.due_at == at("2026-01-05T12:30")
    assert rungs(desk(at("2026-01-05T12:15") - TICK, resumed))["75%"] == "clear"
    assert rungs(desk("2026-01-05T12:15", resumed))["75%"] == "holds"


def test_a_deadline_that_moves_later_takes_the_level_back():
    now = "2026-01-05T09:50"
    assert rungs(desk(now, clock()))["75%"] == "holds"
    assert rungs(desk(now, clock(target_s=4 * 3600.0)))["75%"] == "clear"


@pytest.mark.parametrize(
    ("fields", "condition", "outcome"),
    [
        ({"state": "achieved", "elapsed_s": 3600.0}, "clear", "met in time"),
        ({"state": "breached", "elapsed_s": 4320.0}, "clear", "met late by 12 min"),
        ({"state": "cancelled", "reason": "merged"}, "gone", "cancelled: merged"),
        ({"state": "cancelled", "reason": ""}, "gone", "cancelled"),
    ],
)
def test_how_a_clock_ended(fields, condition, outcome):
    over = clock(running=False, due_at=None, ended_at=at("2026-01-05T10:12"), **fields)
    found = says(Sla, desk("2026-01-06T09:00", over))
    assert [signal.level for signal in found] == LADDER
    assert {(signal.condition, signal.outcome) for signal in found} == {(condition, outcome)}


def test_lateness_is_measured_in_the_targets_own_clock():
    over = office(
        "2026-01-02T15:30", state="breached", running=False, elapsed_s=3600.0 + 720,
        due_at=None, ended_at=at("2026-01-05T08:42"),
    )  # fmt: skip
    found = says(Sla, desk("2026-01-05T09:00", over))
    assert {signal.outcome for signal in found} == {"met late by 12 min of open time"}


def test_what_ended_long_ago_and_what_has_not_begun_is_left_alone():
    over = clock(
        state="achieved", running=False, due_at=None, ended_at=at("2026-01-05T10:00") - TICK
    )
    assert says(Sla, desk("2026-01-06T10:00", over), look_back="1d") == []
    assert len(says(Sla, desk(at("2026-01-06T10:00") - TICK, over), look_back="1d")) == 4
    waiting = clock(
        state="not_started", running=False, due_at=None, started_at=None, standing_at=None
    )
    assert says(Sla, desk("2026-01-06T10:00", waiting)) == []


# --- old data --------------------------------------------------------------------------------


def old(now, complete_to, one):
    fresh = Freshness("desk", complete_to and at(complete_to), 2 * HOUR)
    return desk(now, one, sources={"desk": fresh})


def test_a_deadline_that_passes_after_the_data_ends_is_unknown():
    found = rungs(old("2026-01-05T12:00", "2026-01-05T09:50", clock()))
    assert found == {"75%": "holds", "90%": "unknown", "breach": "unknown", "+1h": "unknown"}


def test_what_was_judged_before_the_data_ended_stays_judged():
    found = rungs(old("2026-01-09T12:00", "2026-01-05T10:01", clock()))
    assert found == {"75%": "holds", "90%": "holds", "breach": "holds", "+1h": "unknown"}


def test_before_the_first_sync_nothing_that_runs_is_known():
    found = rungs(old("2026-01-05T12:00", None, clock()))
    assert found == dict.fromkeys(LADDER, "unknown")


def test_data_that_is_only_a_little_old_is_good_enough():
    found = rungs(old("2026-01-05T10:30", "2026-01-05T09:00", clock()))
    assert found["breach"] == "holds"


def test_a_source_that_is_not_configured_any_more_is_never_judged():
    gone = clock(source="former")
    assert set(rungs(desk("2026-01-05T12:00", gone)).values()) == {"unknown"}


def test_a_clock_whose_calendar_is_gone_is_left_as_it_was():
    strange = clock(clock="business", calendar="night shift", due_at=at("2026-01-05T10:00"))
    found = conditions(Sla, desk("2026-01-05T12:00", strange, clock(ticket_id="2")))
    assert {subject for subject, _ in found} == {"desk/2/first_reply_time/1"}


# --- what it says ----------------------------------------------------------------------------


def told(now, one, **fields):
    found = says(Sla, desk(now, one, **fields))
    return [signal for signal in found if signal.condition == "holds"][-1]


def test_a_warning_in_words():
    tickets = [
        ticket(subject="Hello", url="https://desk.example/1", team_id="3", assignee_id="42",
               account_id="a7", brand="Acme Shop"),
    ]  # fmt: skip
    one = clock(priority="urgent", team_id="3", agent_id="42")
    signal = told(
        "2026-01-05T09:50", one, all_tickets=tickets, all_teams=[team("3", "Billing")],
        all_agents=[Agent(source="desk", id="42", name="Agent 42")], zone="Europe/Berlin",
    )  # fmt: skip
    assert signal.title == "First reply of desk/1 is due in 10 min (11:00, Mon)"
    assert signal.summary == (
        "First reply of desk/1 is due in 10 min (11:00, Mon): "
        "83 % of 1 h used, urgent, Billing, Agent 42."
    )
    assert signal.due_at == at("2026-01-05T10:00")
    assert signal.severity == "warning"
    assert signal.labels == {
        "source": "desk", "team": "3", "team_name": "Billing", "priority": "urgent",
        "brand": "Acme Shop", "agent": "42", "account": "a7", "metric": "first_reply_time",
        "policy": "config/standard",
    }  # fmt: skip
    assert signal.complete_to == at("2026-01-05T09:50")
    [line] = signal.parts[0].items
    assert isinstance(line, TicketLine)
    assert line.url == "https://desk.example/1"
    assert line.note == "due in 10 min (11:00, Mon), Billing, Agent 42"


def test_a_breach_in_words():
    signal = told("2026-01-05T10:12", clock())
    assert signal.title == "First reply of desk/1 is 12 min late (due 10:00, Mon)"
    assert signal.summary.endswith("120 % of 1 h used, nobody has it.")
    assert signal.severity == "critical"


def test_open_time_is_called_so():
    signal = told("2026-01-04T12:00", office("2026-01-02T15:10"), zone="Europe/Berlin")
    assert signal.title == ("First reply of desk/1 is due in 10 min of open time (09:10, Mon)")


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_a_customers_text_travels_closed(text):
    one = told("2026-01-05T10:12", clock(), all_tickets=[ticket(subject=text)])
    [line] = next(part for part in one.parts if isinstance(part, Tickets)).items
    assert isinstance(line.subject, Untrusted)
    if len(text.strip()) > 5:
        assert text not in repr(one)


def test_a_hostile_id_is_one_harmless_line():
    one = told("2026-01-05T10:12", clock(ticket_id="1\n\x1b[31mx"))
    assert "\n" not in one.title
    assert "\x1b" not in one.title + one.summary + one.parts[0].items[0].reference


# --- which clocks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({}, {"1", "2", "3"}),
        ({"metrics": ["next_reply_time"]}, {"2"}),
        ({"policies": ["config/gold"]}, {"3"}),
        ({"priorities": ["urgent", "high"]}, {"1"}),
        ({"teams": ["3"]}, {"1", "2"}),
        ({"teams": ["desk/3"]}, {"1", "2"}),
        ({"teams": ["Billing"]}, {"1", "2"}),
        ({"sources": ["other"]}, set()),
        ({"metrics": ["next_reply_time"], "teams": ["4"]}, set()),
    ],
)
def test_filters(config, found):
    clocks = (
        clock(priority="urgent", team_id="3"),
        clock(ticket_id="2", metric="next_reply_time", team_id="3"),
        clock(ticket_id="3", policy="config/gold"),
    )
    on = desk("2026-01-05T09:10", *clocks, all_teams=[team("3", "Billing"), team("4", "Sales")])
    assert {subject.split("/")[1] for subject, _ in conditions(Sla, on, **config)} == found


def test_instances_of_one_metric_are_told_apart():
    clocks = [clock(metric="next_reply_time", n=n) for n in (1, 2)]
    found = conditions(Sla, desk("2026-01-05T09:10", *clocks), levels=["breach"])
    assert [subject for subject, _ in found] == [
        "desk/1/next_reply_time/1",
        "desk/1/next_reply_time/2",
    ]


def test_mistakes_name_the_nearest_valid_name():
    on = desk("2026-01-05T09:10", clock(), all_teams=[team("3", "Billing")])
    found = mistakes(
        Sla, on, metrics=["first_reply"], policies=["config/standart"], teams=["Biling"],
        sources=["desc"], priorities=["hi"],
    )  # fmt: skip
    assert len(found) == 5
    for near in ("first_reply_time", "config/standard", "Billing", "'desk'"):
        assert any(
            f"did you mean {near if chr(39) in near else repr(near)}" in line for line in found
        )
    assert mistakes(Sla, on, metrics=["next_reply_time"], teams=["desk/3", "3"]) == []


def test_before_the_first_sync_no_team_and_no_policy_is_a_mistake():
    assert mistakes(Sla, desk("2026-01-05T09:10"), teams=["3"], policies=["config/x"]) == []


@pytest.mark.parametrize("text", ["0%", "100%", "breached", "1d left", "-1h", "", "75", "0m left"])
def test_levels_that_are_none(text):
    with pytest.raises(ValidationError, match="no level"):
        Sla.Config(levels=[text])


@pytest.mark.parametrize(
    "given", [["75%", "75%"], ["75%", "75 %"], ["75%", "75.0%"], ["1h left", "60m left"]]
)
def test_levels_that_are_there_twice(given):
    with pytest.raises(ValidationError, match="twice"):
        Sla.Config(levels=given)


def test_no_levels_at_all():
    with pytest.raises(ValidationError):
        Sla.Config(levels=[])


def test_levels_may_be_spaced_as_people_do():
    assert [levels.read(text).kind for text in ("75 %", "1h  left", " breach ", "+ 1h")] == [
        "share", "left", "breach", "over",
    ]  # fmt: skip


def test_nothing_to_watch():
    assert says(Sla, desk("2026-01-05T09:10")) == []
    assert timedelta(days=3) == Sla.Config().look_back

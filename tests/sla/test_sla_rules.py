"""The rules of SLA clocks, each on a ticket small enough to see through. Created at 09:00."""

from datetime import UTC, datetime

import polars as pl
import pytest

from deskpulse.calendars import Calendar, Calendars
from deskpulse.clock import from_micros
from deskpulse_reports.facts import History, Settings
from deskpulse_reports.sla import standing
from deskpulse_reports.sla.condition import Condition, Filter
from deskpulse_reports.sla.policy import Policy, Target
from deskpulse_reports.sla.promises import Promises
from support.fact_cases import at, change, message, status, ticket
from support.sla_cases import clocks_of

MINUTE = 60 * 10**6
URGENT, LOW = ("urgent", 60), ("low", 240)


def history(given=None, changes=(), messages=()):
    def frame(rows):
        listed = [
            {"source": "s", "ticket_id": "1", "id": str(n), **row} for n, row in enumerate(rows)
        ]
        return pl.DataFrame(listed, infer_schema_length=None) if listed else None

    given = ticket() if given is None else given
    return History.of(given, changes=frame(changes), messages=frame(messages))


def policy(metric, *targets, key="config/p", when=(), clock="calendar", **more):
    """Targets as minutes, or (priority, minutes)."""
    pairs = [each if isinstance(each, tuple) else (None, each) for each in targets]
    made = tuple(Target(metric, priority, minutes * 60.0, clock) for priority, minutes in pairs)
    return Policy(key, key, Filter(tuple(when)), made, **more)


def clocks(*policies, rule="keep_elapsed", settings=None, custom=None, **given):
    return clocks_of(history(**given), Promises(policies, {"s": rule}), settings, custom)


def moment(time):
    return from_micros(at(time))


def told(clock):
    """State, elapsed minutes, when it breached."""
    return clock.state, clock.elapsed_s / 60, clock.breached_at


RESOLVE = "total_resolution_time"


# --- where a clock begins and ends ------------------------------------------------------------


def test_every_wait_after_the_first_reply_is_a_next_reply_of_its_own():
    found = clocks(
        policy("next_reply_time", 30),
        messages=[
            message("09:00", "customer"),
            message("09:10", "agent", author_id="a"),
            message("10:00", "customer"),
            message("10:20", "agent", author_id="b"),
            message("11:00", "customer"),
        ],
    )
    assert [(c.n, c.state, c.elapsed_s / 60, c.agent_id) for c in found] == [
        (1, "achieved", 20, "b"),
        (2, "active", 0, None),
    ]
    assert found[1].due_at == moment("11:30")


def test_an_update_runs_from_each_word_of_an_agent_to_the_next_or_to_the_solve():
    words = [message("10:00", "agent"), message("10:40", "agent")]
    moves = [status("10:10", "pending", "new"), status("10:30", "open"), status("11:00", "solved")]
    periodic = clocks(policy("periodic_update_time", 30), messages=words, changes=moves)
    assert [told(c) for c in periodic] == [
        ("breached", 40, moment("10:30")),
        ("achieved", 20, None),
    ]
    pausable = clocks(policy("pausable_update_time", 30), messages=words, changes=moves)
    assert [told(c) for c in pausable] == [("achieved", 20, None), ("achieved", 20, None)]


def test_a_reply_that_solves_at_once_promises_no_update():
    found = clocks(
        policy("periodic_update_time", 30),
        messages=[message("10:00", "agent")],
        changes=[status("10:00", "solved", "open")],
    )
    assert found == []


@pytest.mark.parametrize(
    ("metric", "minutes"),
    [("requester_wait_time", 60), ("agent_work_time", 40), (RESOLVE, 90)],
)
def test_waits_run_in_their_statuses(metric, minutes):
    moves = [
        status("09:40", "on_hold", "new"),
        status("10:00", "pending"),
        status("10:30", "solved"),
    ]
    (clock,) = clocks(policy(metric, 600), changes=moves)
    assert told(clock) == ("achieved", minutes, None)


def test_a_reopened_ticket_runs_on_in_the_same_instance():
    moves = [status("10:00", "solved", "new"), status("12:00", "open"), status("12:30", "solved")]
    (clock,) = clocks(policy(RESOLVE, 80), changes=moves)
    assert (clock.n, *told(clock)) == (1, "breached", 90, moment("12:20"))
    (running,) = clocks(policy(RESOLVE, 80), changes=moves[:2])
    assert (running.state, running.elapsed_s / 60, running.due_at) == (
        "active",
        60,
        moment("12:20"),
    )


def test_an_agents_ticket_waits_for_the_customer():
    words = [message("09:00", "agent"), message("09:30", "agent"), message("10:00", "customer")]
    (clock,) = clocks(policy("first_reply_time", 30), messages=words)
    assert (clock.state, clock.started_at, clock.due_at) == (
        "active",
        moment("10:00"),
        moment("10:30"),
    )


def test_thanks_on_a_solved_ticket_is_no_question():
    words = [
        message("09:00", "customer"),
        message("09:10", "agent"),
        message("10:00", "customer"),
    ]
    done = [status("09:20", "solved", "new")]
    assert clocks(policy("next_reply_time", 30), messages=words, changes=done) == []
    opened = [*done, status("11:00", "open")]
    (clock,) = clocks(policy("next_reply_time", 30), messages=words, changes=opened)
    assert (clock.state, clock.started_at) == ("active", moment("11:00"))


def test_a_merge_after_the_end_takes_nothing_back_and_before_it_cancels():
    gone = ticket(removed_at=at("12:00"), removed_reason="merged")
    (clock,) = clocks(policy(RESOLVE, 60), given=gone, changes=[status("09:30", "solved", "new")])
    assert told(clock) == ("achieved", 30, None)
    (clock,) = clocks(policy(RESOLVE, 60), given=gone)
    assert (clock.state, clock.reason, clock.ended_at) == ("cancelled", "merged", moment("12:00"))


# --- a new priority or policy -------------------------------------------------------------------

RAISED = {
    "changes": [change("11:00", "priority", "urgent", "low"), status("11:30", "solved", "new")]
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("keep_elapsed", ("breached", 150, moment("11:00"))),  # two hours were used: broken at once
        ("forward", ("achieved", 30, None)),  # a fresh hour from 11:00 on
        ("at_start", ("achieved", 150, None)),  # the four hours of the beginning
    ],
)
def test_a_raised_priority(rule, expected):
    (clock,) = clocks(policy(RESOLVE, URGENT, LOW), rule=rule, **RAISED)
    assert told(clock) == expected
    assert clock.priority == ("low" if rule == "at_start" else "urgent")
    assert clock.started_at == (moment("11:00") if rule == "forward" else moment("09:00"))


def test_a_breach_that_was_stays_where_it_was_when_the_target_shrinks():
    moves = [change("14:00", "priority", "urgent", "low")]
    (clock,) = clocks(policy(RESOLVE, URGENT, LOW), changes=moves)
    assert (clock.state, clock.running, clock.breached_at) == ("breached", True, moment("13:00"))


def test_a_longer_target_takes_a_breach_back():
    moves = [change("11:00", "priority", "low", "urgent")]
    (clock,) = clocks(policy(RESOLVE, URGENT, LOW), changes=moves)
    assert (clock.state, clock.breached_at, clock.due_at) == ("active", None, moment("13:00"))


def test_what_ended_before_a_change_is_not_judged_by_it():
    found = clocks(
        policy("first_reply_time", URGENT, LOW),
        messages=[message("09:00", "customer"), message("11:00", "agent")],
        changes=[change("11:00", "priority", "urgent", "low")],
    )
    assert [told(c) for c in found] == [("achieved", 120, None)]


def test_a_policy_without_the_metric_cancels_but_what_broke_stays_broken():
    team = policy(RESOLVE, 60, when=[Condition("team", "is_one_of", ("t1",))])
    moved = [change("09:30", "team", "t2", "t1")]
    (clock,) = clocks(team, changes=moved)
    assert (clock.state, clock.reason, clock.ended_at) == ("cancelled", "policy", moment("09:30"))
    late = [change("10:30", "team", "t2", "t1")]
    (clock,) = clocks(team, changes=late)
    assert (*told(clock), clock.team_id, clock.running) == (
        "breached", 90, moment("10:00"), "t1", False,
    )  # fmt: skip


def test_a_priority_that_comes_later_counts_from_creation():
    moves = [change("09:30", "priority", "urgent")]
    (clock,) = clocks(policy("first_reply_time", URGENT), changes=moves)
    assert (clock.started_at, clock.due_at) == (moment("09:00"), moment("10:00"))
    assert clocks(policy("first_reply_time", URGENT)) == []  # without a priority no target


def test_each_stay_in_a_team_is_an_instance():
    moves = [
        change("10:00", "team", "t2", "t1"),
        change("11:00", "team", "t1", "t2"),
        status("11:10", "pending", "new"),
        status("11:50", "open"),
        status("12:00", "solved"),
    ]
    found = clocks(policy("ownership_time", 45), changes=moves)
    assert [(c.team_id, *told(c)) for c in found] == [
        ("t1", "breached", 60, moment("09:45")),
        ("t2", "breached", 60, moment("10:45")),
        ("t1", "achieved", 20, None),
    ]


# --- which policy ---------------------------------------------------------------------------------


def test_the_first_policy_whose_conditions_hold_applies():
    gold = policy(RESOLVE, 60, key="config/vip", when=[Condition("tags", "has_one_of", ("vip",))])
    rest = policy(RESOLVE, 120, key="config/rest")
    for tags, expected in (
        (["x", "vip"], "config/vip"),
        (["x"], "config/rest"),
        (None, "config/rest"),
    ):
        (clock,) = clocks(gold, rest, given=ticket(tags=tags))
        assert clock.policy == expected
    (other,) = clocks(
        gold, rest, given=ticket(tags=["vip"]), changes=[change("08:00", "tags", "vip")]
    )
    assert other.policy == "config/vip"
    (late,) = clocks(
        gold, rest, given=ticket(tags=["vip"]), changes=[change("10:00", "tags", "vip")]
    )
    assert (late.policy, late.due_at) == ("config/vip", moment("10:00"))


def test_a_custom_field_and_a_source():
    mine = policy(RESOLVE, 60, when=[Condition("custom.plan", "is_one_of", ("pro",))])
    custom = pl.DataFrame({"source": ["s"], "id": ["1"], "custom": ['{"plan": "pro"}']})
    assert len(clocks(mine, custom=custom)) == 1
    assert clocks(mine) == []
    assert clocks(policy(RESOLVE, 60, sources=frozenset({"other"}))) == []
    for team in ("t1", "s/t1"):
        of_team = policy(RESOLVE, 60, when=[Condition("team", "is_one_of", (team,))])
        assert len(clocks(of_team, given=ticket(team_id="t1"))) == 1


def test_a_policy_that_is_not_judged_never_applies():
    assert clocks(policy(RESOLVE, 60, unjudged=("field 'x' is not stored",))) == []


# --- business time -----------------------------------------------------------------------------------


def test_a_pause_is_measured_in_the_clock_of_the_target():
    desk = Calendar("desk", "UTC", {"mon": [("09:00", "12:00"), ("13:00", "17:00")]})
    night = Calendar("night", "UTC", {"mon": [("00:00", "24:00")]})
    settings = Settings(Calendars([desk, night]), default_calendar="desk")
    moves = [status("11:00", "pending", "new"), status("14:00", "open")]
    waits = policy("requester_wait_time", 180, clock="business")
    (clock,) = clocks(waits, settings=settings, changes=moves)
    assert (clock.elapsed_s / 60, clock.due_at, clock.calendar) == (120, moment("15:00"), "desk")
    own = policy(RESOLVE, 300, clock="business", calendar="night")
    (clock,) = clocks(own, settings=settings, changes=moves)
    assert (clock.elapsed_s / 60, clock.due_at, clock.calendar) == (
        300 - 0,
        moment("14:00"),
        "night",
    )


def test_a_clock_whose_calendar_is_gone_is_late_once_it_is_over():
    desk = Calendar("desk", "UTC", {"mon": [("09:00", "17:00")]})
    settings = Settings(Calendars([desk]), default_calendar="desk")
    (clock,) = clocks(policy(RESOLVE, 60, clock="business"), settings=settings)
    for hour, state in ((9, "active"), (11, "breached")):
        now = datetime(2025, 6, 2, hour, 30, tzinfo=UTC)
        assert standing(clock, now, Calendars()).state == state


def test_a_target_that_no_calendar_reaches_is_never_due():
    short = Calendar("short", "UTC", {"mon": [("09:00", "09:01")]})
    settings = Settings(Calendars([short]), default_calendar="short")
    (clock,) = clocks(policy(RESOLVE, 100_000, clock="business"), settings=settings)
    assert (clock.state, clock.due_at) == ("active", None)

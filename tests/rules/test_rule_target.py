"""A KPI against its target or a threshold: hysteresis, samples, teams, old data."""

import pytest
from pydantic import ValidationError

from deskpulse.untrusted import Untrusted
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.result import KpiRow
from deskpulse_reports.kpis.target import Target
from deskpulse_reports.rules.target import KpiTarget
from support.rule_desks import HOUR, at, conditions, desk, mistakes, says, team

NOW = "2026-01-05T12:00"
GOAL = Target(goal=3600, direction="lower")
LADDER = Target(goal=3600, warn=7200, direction="lower")
SHARE = Target(goal=0.9, warn=0.8, direction="higher")


def on(*rows, **fields):
    return desk(NOW, values={"first_reply_time": rows, "csat": rows, "backlog": rows}, **fields)


def one(value, n=50):
    return KpiRow(None, {}, value=value, n=n)


def judged(value, n=50, **config):
    [condition] = conditions(KpiTarget, on(one(value, n)), **config).values() or [None]
    return condition


# --- thresholds ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "condition"),
    [(1800.1, "holds"), (1800, "clear"), (0, "clear"), (None, "unknown")],
)
def test_above(value, condition):
    assert judged(value, kpi="first_reply_time", above="30m") == condition
    assert judged(value, kpi="first_reply_time", above=1800) == condition


@pytest.mark.parametrize(("value", "condition"), [(0.899, "holds"), (0.9, "clear")])
def test_below(value, condition):
    assert judged(value, kpi="csat", below="90%") == condition


@pytest.mark.parametrize(
    ("value", "found"),
    [(101, ["holds"]), (100, ["unknown"]), (81, ["unknown"]), (80, ["clear"]), (0, ["clear"])],
)
def test_between_the_two_limits_it_stays_what_it_was(value, found):
    config = {"kpi": "backlog", "above": 100, "clear_below": 80}
    assert list(conditions(KpiTarget, on(one(value)), **config).values()) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [(0.79, ["holds"]), (0.8, ["unknown"]), (0.849, ["unknown"]), (0.85, ["clear"])],
)
def test_hysteresis_upwards(value, found):
    config = {"kpi": "csat", "below": "80%", "clear_above": "85%"}
    assert list(conditions(KpiTarget, on(one(value)), **config).values()) == found


# --- targets of the desk ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "value", "found"),
    [
        (GOAL, 3600, {"bad": "clear"}),
        (GOAL, 3601, {"bad": "holds"}),
        (LADDER, 3600, {"warn": "clear", "bad": "clear"}),
        (LADDER, 5000, {"warn": "holds", "bad": "clear"}),
        (LADDER, 7201, {"warn": "holds", "bad": "holds"}),
        (SHARE, 0.9, {"warn": "clear", "bad": "clear"}),
        (SHARE, 0.85, {"warn": "holds", "bad": "clear"}),
        (SHARE, 0.5, {"warn": "holds", "bad": "holds"}),
    ],
)
def test_the_rungs_of_a_target(target, value, found):
    kpi = "csat" if target is SHARE else "first_reply_time"
    given = conditions(KpiTarget, on(one(value), targets={kpi: target}), kpi=kpi)
    assert {level: condition for (_, level), condition in given.items()} == found


def test_a_threshold_of_its_own_goes_before_the_target():
    given = on(one(5000), targets={"first_reply_time": GOAL})
    assert conditions(KpiTarget, given, kpi="first_reply_time", above="2h") == {
        ("first_reply_time", ""): "clear"
    }


@pytest.mark.parametrize(
    ("meant", "config", "clock"),
    [
        ("business", {}, "business"),
        ("calendar", {}, "calendar"),
        (None, {}, "calendar"),
        (None, {"clock": "business"}, "business"),
        ("business", {"above": "1h"}, "calendar"),
    ],
)
def test_the_clock_is_the_targets_own(meant, config, clock):
    asked = []

    class Asking(type(on())):
        def kpi(self, kpi, by=(), **how):
            asked.append(how["clock"])
            return super().kpi(kpi, by, **how)

    target = GOAL.model_copy(update={"clock": meant})
    given = Asking(
        now=at(NOW), sources={}, values={"first_reply_time": [one(5400)]},
        targets={"first_reply_time": target},
    )  # fmt: skip
    [signal] = says(KpiTarget, given, kpi="first_reply_time", **config)
    assert (asked, signal.condition) == ([clock], "holds")


def test_a_target_by_another_clock_or_bucket_is_no_limit():
    business = GOAL.model_copy(update={"clock": "business"})
    given = on(targets={"first_reply_time": business})
    assert mistakes(KpiTarget, given, kpi="first_reply_time") == []
    [found] = mistakes(KpiTarget, given, kpi="first_reply_time", clock="calendar")
    assert "has no limit" in found
    weekly = GOAL.model_copy(update={"every": "week"})
    given = on(targets={"first_reply_time": weekly})
    assert mistakes(KpiTarget, given, kpi="first_reply_time", over="7d") == []
    [found] = mistakes(KpiTarget, given, kpi="first_reply_time", over="1d")
    assert "has no limit over 1d" in found


# --- samples and teams -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "minimum", "condition"),
    [(19, None, "unknown"), (20, None, "holds"), (4, 5, "unknown"), (5, 5, "holds")],
)
def test_a_small_sample_proves_nothing(n, minimum, condition):
    config = {"kpi": "first_reply_time", "above": "30m", "minimum_sample": minimum}
    assert judged(9999, n, **config) == condition


def test_a_count_is_its_own_sample():
    assert judged(3, 3, kpi="backlog", above=2) == "holds"


TEAMS = [team("3", "Billing"), team("4", "Sales"), team("5", "Returns")]


def test_by_team():
    rows = [KpiRow(None, {"team": "3"}, value=12), KpiRow(None, {"team": "4"}, value=8)]
    found = says(KpiTarget, on(*rows, all_teams=TEAMS), kpi="backlog", by=["team"], above=10)
    assert {signal.subject: signal.condition for signal in found} == {
        "backlog/team=3": "holds",
        "backlog/team=4": "clear",
        "backlog/team=5": "clear",  # it has no row: nobody waits there
    }
    first = found[0]
    assert first.title == "Backlog of Billing: 12 (now)"
    assert first.summary == "Backlog of Billing: 12 (now), above 10."
    assert first.labels == {
        "source": "desk", "team": "3", "team_name": "Billing", "kpi": "backlog",
    }  # fmt: skip


def test_a_group_that_was_seen_lately_and_is_empty_now_is_clear():
    rows = [
        KpiRow(None, {"channel": "email"}, value=12),
        KpiRow("2025-12-22", {"channel": "chat"}, value=30),
        KpiRow("2025-12-22", {"channel": "email"}, value=30),
    ]
    found = conditions(KpiTarget, on(*rows), kpi="backlog", by=["channel"], above=10)
    assert found == {
        ("backlog/channel=email", ""): "holds",
        ("backlog/channel=chat", ""): "clear",
    }


def test_only_some_values():
    rows = [KpiRow(None, {"team": t}, value=12) for t in ("3", "4")]
    config = {"kpi": "backlog", "by": ["team"], "only": {"team": ["4"]}, "above": 1}
    assert list(conditions(KpiTarget, on(*rows), **config)) == [("backlog/team=4", "")]


def test_tickets_without_a_team_are_a_group_too():
    [signal] = says(
        KpiTarget, on(KpiRow(None, {"team": None}, value=12)), kpi="backlog", by=["team"], above=1
    )
    assert signal.title == "Backlog of no team: 12 (now)"
    assert "team" not in signal.labels


# --- old data --------------------------------------------------------------------------------


def test_on_stale_data_nothing_is_judged():
    given = on(one(9999)).stale()
    [signal] = says(KpiTarget, given, kpi="first_reply_time", above="30m")
    assert signal.condition == "unknown"
    assert signal.summary.endswith("not judged: the data is old.")


def test_one_stale_source_makes_the_whole_unknown_but_not_the_other_sources():
    late = Freshness("shop", at("2026-01-01T00:00"), 2 * HOUR)
    sources = {"desk": Freshness("desk", at(NOW), 2 * HOUR), "shop": late}
    assert judged_with(sources, {}, by=[]) == {"backlog": "unknown"}
    rows = {"desk": 12, "shop": 12}
    by = {"by": ["source"], "only": {"source": ["desk"]}}
    assert judged_with(sources, rows, **by) == {"backlog/source=desk": "holds"}


def judged_with(sources, rows, **config):
    given = [KpiRow(None, {"source": name}, value=value) for name, value in rows.items()]
    found = says(
        KpiTarget, on(*(given or [one(12)]), sources=sources), kpi="backlog", above=10, **config
    )
    return {signal.subject: signal.condition for signal in found}


def test_before_anything_was_derived_nothing_is_said():
    sources = {"desk": Freshness("desk", None)}
    assert says(KpiTarget, on(one(12), sources=sources), kpi="backlog", above=10) == []


# --- words and mistakes ----------------------------------------------------------------------


def test_what_it_says():
    [signal] = says(KpiTarget, on(one(5400)), kpi="first_reply_time", above="1h", clock="business")
    assert signal.title == "First reply time: 1 h 30 min (the last 7 days, n=50)"
    assert signal.summary == f"{signal.title}, above 1 h."
    assert [figure.value for figure in signal.parts[0].items] == ["1 h 30 min", "1 h", "50"]


def test_a_reason_may_be_a_customers_text():
    row = KpiRow(None, {"reason": "<!channel>"}, value=12)
    [signal] = says(KpiTarget, on(row), kpi="backlog", by=["reason"], above=1)
    assert isinstance(signal.title, Untrusted)
    assert isinstance(signal.summary, Untrusted)


def test_the_window_is_the_local_days_up_to_today():
    asked = []

    class Asking(type(on())):
        def kpi(self, kpi, by=(), **how):
            asked.append((kpi, how.get("start"), how.get("end")))
            return super().kpi(kpi, by, **how)

    for over, kpi in (("1d", "csat"), ("7d", "csat"), ("7d", "backlog"), ("7d", "awaiting_reply")):
        given = Asking(now=at("2026-01-05T23:30"), zone="Europe/Berlin", sources={}, values={})
        says(KpiTarget, given, kpi=kpi, over=over, above=1)
    days = [(start and start.isoformat(), end and end.isoformat()) for _, start, end in asked]
    assert days == [
        ("2026-01-06", "2026-01-06"),
        ("2025-12-31", "2026-01-06"),
        ("2026-01-06", "2026-01-06"),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"kpi": "first_replay_time", "above": 1}, "did you mean 'first_reply_time'"),
        ({"kpi": "backlog"}, "backlog has no limit"),
        ({"kpi": "backlog", "above": "many"}, "above = 'many': write a number"),
        ({"kpi": "csat", "below": "9 of 10"}, 'a share such as "90%"'),
        ({"kpi": "backlog", "above": 1, "by": ["teem"]}, "did you mean 'team'"),
        ({"kpi": "backlog", "above": 1, "only": {"team": ["3"]}}, "only names 'team'"),
        ({"kpi": "backlog", "above": 1, "clear_below": 2}, "clear_below is beyond the limit"),
        ({"kpi": "spikes", "above": 1}, "answers with a table"),
    ],
)
def test_mistakes(config, words):
    from deskpulse_reports.kpis.builtin import BUILTIN
    from deskpulse_reports.kpis.builtin.analyses import ANALYSES
    from deskpulse_reports.kpis.catalog import Catalog

    given = on(catalog=Catalog([*BUILTIN, *ANALYSES]))
    [found] = mistakes(KpiTarget, given, **config)
    assert words in found


def test_settings_without_a_mistake():
    assert mistakes(KpiTarget, on(), kpi="backlog", above=1, clear_below=1) == []
    assert mistakes(KpiTarget, on(targets={"backlog": GOAL}), kpi="backlog") == []


@pytest.mark.parametrize(
    "config",
    [
        {"above": 1, "below": 2},
        {"below": 2, "clear_below": 1},
        {"above": 2, "clear_above": 1},
        {"over": "1w"},
        {"over": "0d"},
        {"minimum_sample": 0},
        {"abve": 1},
    ],
)
def test_settings_that_contradict_each_other(config):
    with pytest.raises(ValidationError):
        KpiTarget.Config(kpi="backlog", **config)

"""Targets: goal and warning, per KPI and team."""

import pytest

from deskpulse.config.document import Document
from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import Desk, KpiEngine
from deskpulse_reports.kpis.targets import Targets, known
from support.marts import NOW, fact, snapshot

KNOWN = known(Catalog(BUILTIN))


def build(text, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(text)
    document = Document.read(path)
    return Targets.build(document.values["targets"], KNOWN, document.where)


def status(targets, kpi, value, dims=None, clock="calendar", every=None):
    target = targets.of(kpi, dims or {}, clock, every)
    return target and target.status(value)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "good"), (3600, "good"), (3601, "warn"), (7200, "warn"), (7201, "bad")],
)
def test_less_is_better_for_a_duration(tmp_path, seconds, expected):
    targets = build('[targets.first_reply_time]\ngoal = "1h"\nwarn = "120m"', tmp_path)
    assert status(targets, "first_reply_time", seconds) == expected


@pytest.mark.parametrize(
    ("rate", "expected"), [(0.95, "good"), (0.9, "good"), (0.85, "warn"), (0.79, "bad")]
)
def test_more_is_better_for_satisfaction(tmp_path, rate, expected):
    targets = build('[targets.csat]\ngoal = "90%"\nwarn = 0.8', tmp_path)
    assert status(targets, "csat", rate) == expected


def test_without_a_warning_a_miss_is_bad(tmp_path):
    targets = build("[targets.backlog]\ngoal = 100", tmp_path)
    assert [status(targets, "backlog", value) for value in (100, 101)] == ["good", "bad"]


def test_a_team_has_a_target_of_its_own(tmp_path):
    targets = build(
        '[targets.first_reply_time]\ngoal = "1h"\nclock = "business"\n'
        '[targets.first_reply_time.team.billing]\ngoal = "30m"\n'
        '[targets.first_reply_time.channel."social media"]\ngoal = "5m"',
        tmp_path,
    )

    def goal(dims, clock="business"):
        target = targets.of("first_reply_time", dims, clock, None)
        return target and target.goal

    assert goal({}) == 3600
    assert goal({"team": "billing"}) == 1800
    assert goal({"team": "other"}) == 3600
    assert goal({"team": None}) == 3600
    assert goal({"channel": "social media", "team": "other"}) == 300
    assert goal({"team": "billing"}, "calendar") is None


def test_a_count_may_be_meant_for_a_day(tmp_path):
    targets = build(
        '[targets.submissions]\ngoal = 50\ndirection = "lower"\nevery = "day"', tmp_path
    )
    assert status(targets, "submissions", 60, every="day") == "bad"
    assert status(targets, "submissions", 60, every="week") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[targets.first_reply_tme]\ngoal = 1", r"line 1.*did you mean 'first_reply_time'"),
        ("[targets.csat]\ngoal = 1\n[targets.csat.teem.x]\ngoal = 1", r"did you mean 'team'"),
        ("[targets.csat]\ngaol = 0.9", r"line 2.*did you mean 'goal'"),
        ('[targets.csat]\ngoal = "30m"', r'line 2.*goal = \'30m\'.*such as "90%"'),
        ('[targets.backlog]\ngoal = "90%"', r"line 2.*write a number"),
        ("[targets.csat]\ngoal = true", r"line 2.*write a number"),
        ("[targets.csat]\nwarn = 0.5", r"goal"),
        ("[targets.csat]\ngoal = 0.8\nwarn = 0.9", r"line 3.*no worse than goal"),
        ("[targets.submissions]\ngoal = 5", r"line 2.*no better side"),
        ('[targets.csat]\ngoal = 0.8\ndirection = "up"', r"line 3.*'lower' or 'higher'"),
        (
            "[targets.csat]\ngoal = 0.8\n[targets.csat.team]\nbilling = 0.9",
            r"line 3.*KPI\.team\.VALUE",
        ),
        ("[targets.csat.team.x]\ngaol = 1", r"line 2.*did you mean 'goal'"),
    ],
)
def test_a_mistake_names_line_and_the_nearest(tmp_path, text, says):
    with pytest.raises(ConfigError, match=says):
        build(text, tmp_path)


def test_only_a_team_may_have_one(tmp_path):
    targets = build("[targets.csat.team.x]\ngoal = 0.9", tmp_path)
    assert status(targets, "csat", 0.5) is None
    assert status(targets, "csat", 0.5, {"team": "x"}) == "bad"


def test_a_result_shows_them_only_if_asked(tmp_path):
    targets = build("[targets.first_reply_time]\ngoal = 60\nwarn = 120", tmp_path)
    replied = {"created_at": "2025-06-02", "first_reply_at": "2025-06-02"}
    rows = [
        fact(ticket_id=team, first_reply_team_id=team, first_reply_s=s, **replied)
        for team, s in (("a", 30.0), ("b", 100.0), ("c", 500.0))
    ]
    mart = snapshot(tmp_path, {"tickets": rows})
    desk = KpiEngine(mart, Catalog(BUILTIN), Desk("UTC", NOW), targets=targets)
    plain = desk.compute("first_reply_time", ["team"]).to_json()
    assert "target" not in plain["rows"][0]
    shown = desk.compute("first_reply_time", ["team"], targets=True).to_json()
    assert [row["target"]["status"] for row in shown["rows"]] == ["good", "warn", "bad"]
    assert shown["rows"][0]["target"]["goal"] == 60
    (none,) = desk.compute("csat", targets=True).to_json()["rows"]
    assert none["target"] is None
    desk.close()

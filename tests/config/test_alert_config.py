"""Rules and routes that cannot work are refused at load: file, line, table, key, and what is allowed."""

from datetime import timedelta
from textwrap import dedent

import pytest

from deskpulse.alerts.quiet import DAY
from deskpulse.config import load
from deskpulse.config.plans import plan_of, route_of
from deskpulse.errors import ConfigError

BASE = """\
zone = "Europe/Berlin"
[notifiers.team]
use = "console"
[notifiers.boss]
use = "console"
[routes.all]
to = ["team"]
[rules.late]
use = "sla"
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "desk.toml"
        path.write_text(dedent(text))
        return load(path, {})

    return read


@pytest.mark.parametrize(
    ("add", "said"),
    [
        (
            "[routes.x]\nto = ['tam']",
            """line 11: [routes.x] to names 'tam'; did you mean "team"?""",
        ),
        ("[routes.x]\nto = []", "line 11: [routes.x] to: List should have at least 1 item"),
        (
            "[routes.x]\nto = ['team']\nfallback = ['bos']",
            """line 12: [routes.x] fallback names 'bos'""",
        ),
        ("[routes.x]\nto = ['team']\nfallback = ['team']", "which is in `to` as well"),
        ("[routes.x]\nto = ['team']\nmatsh = {}", 'did you mean "match"?'),
        (
            "[routes.x]\nto = ['team']\nper_minute = 0",
            "line 12: [routes.x] per_minute: Input should be",
        ),
        (
            "[routes.x]\nto = ['team']\n[routes.x.quiet]\nzone = 'Europe/Berln'\nhours = { mon = ['18:00-08:00'] }",
            "line 12: [routes.x] quiet: unknown time zone 'Europe/Berln'; nearest: Europe/Berlin",
        ),
        (
            "[routes.x]\nto = ['team']\nquiet = { hours = { mon-sun = ['00:00-24:00'] } }",
            "line 12: [routes.x] quiet hours never end",
        ),
        (
            "[routes.x]\nto = ['team']\nquiet = { hours = { mon-sun = ['18:00-08:00'], mon = ['07:00-09:00'] } }",
            "quiet hours overlap on mon at 07:00",
        ),
        (
            "[routes.x]\nto = ['team']\nquiet = { hours = { mon = ['9-17'] } }",
            "has '9-17'; write hours",
        ),
        (
            "[routes.x]\nto = ['team']\nquiet = { hours = { mon = ['09:00-09:00'] } }",
            "begins when it ends",
        ),
        (
            "[routes.x]\nto = ['team']\nquiet = { hours = { mom = ['18:00-08:00'] } }",
            "has 'mom'; allowed: mon",
        ),
        ("[routes.x]\nto = ['team']\nquiet = { hours = {} }", "hold no time"),
        ("[rules.x]\nfor = '5m'", "[rules.x] use is missing: name a type of rule"),
        (
            "[rules.x]\nuse = 'sla'\nroutes = ['al']",
            """line 12: [rules.x] routes names 'al'; did you mean "all"?""",
        ),
        (
            "[rules.x]\nuse = 'sla'\nrepeat_every = '2m'",
            "line 12: [rules.x] repeat_every is 0:02:00, which is shorter",
        ),
        ("[rules.x]\nuse = 'sla'\nfor = '5'", 'line 12: [rules.x] for: "5" is not a time span'),
        ("[rules.x]\nuse = 'sla'\nseverity = 'high'", "line 12: [rules.x] severity"),
        ("[rules.x]\nuse = 'sla'\nkeep_firing_for = '2d'", "never be called resolved"),
        ("[route.x]\nto = ['team']", 'did you mean "routes"?'),
    ],
)
def test_what_cannot_work_is_refused(read, add, said):
    with pytest.raises(ConfigError) as caught:
        read(BASE + add + "\n")
    assert said in caught.value.message
    assert "desk.toml" in caught.value.message


def test_what_is_written_is_what_counts(read):
    config = read(
        BASE
        + """
for = "10m"
repeat_every = "4h"
policy = "gold"
[routes.night]
match = { team = ["5", "6"], priority = "high" }
to = ["boss", "boss"]
people = ["U1"]
urgent = {}
[routes.night.quiet]
zone = "America/New_York"
hours = { fri = ["18:00-08:00"], sun = ["18:00-24:00"] }
"""
    )
    plan = plan_of(config, "late", "single")
    assert plan.timing.holds_for == plan.habits.holds_for == timedelta(minutes=10)
    assert plan.habits.repeat_every == timedelta(hours=4)
    assert config.rule_settings["late"].values == {"policy": "gold"}
    route = route_of(config, "night")
    assert route.to == ("boss",)
    assert route.match == {"team": ("5", "6"), "priority": ("high",)}
    assert str(route.quiet.zone) == "America/New_York"
    found = {day: spans for day, spans in route.quiet.weekly.items() if spans}
    assert found == {4: [(18 * 60, DAY)], 5: [(0, 8 * 60)], 6: [(18 * 60, DAY)]}
    assert route_of(config, "all").quiet is None

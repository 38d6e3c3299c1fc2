"""The mart knows by a fingerprint whether settings changed: then everything is derived anew."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.facts import Settings, SourceRules
from deskpulse_reports.mart.identity import fingerprint
from support.mart_rows import mart_dicts, refresh
from support.stores import DAY_1, DAY_2, Desk, change, ticket

OFFICE = {"mon": [("09:00", "17:00")], "tue": [("09:00", "12:00"), ("13:00", "17:00")]}
DESK = Calendar("desk", "Europe/Berlin", OFFICE, ["2025-12-25", "2025-12-26"], "DE", "BY")
SETTINGS = Settings(
    Calendars([DESK, Calendar("night", "UTC", {"sun": [("22:00", "04:00")]})]),
    default_calendar="desk",
    sources={
        "a": SourceRules(escalation_teams=frozenset({"t1", "t2", "t3"})),
        "b": SourceRules(trust="stated"),
    },
    team_calendars={("a", "t1"): "night", ("b", "t1"): "desk"},
    schedules={("a", "s"): "desk"},
    zone="Europe/Berlin",
)
CODE = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from test_identity import SETTINGS
from deskpulse_reports.mart.identity import fingerprint
print(fingerprint(SETTINGS, {"vip": "bool", "plan": "text"}))
"""


def test_it_is_the_same_in_every_process():
    here = Path(__file__).parent
    paths = json.dumps([str(here), str(here.parent)])
    found = {
        subprocess.run(
            [sys.executable, "-c", CODE, paths],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {fingerprint(SETTINGS, {"plan": "text", "vip": "bool"})}


def test_the_order_in_which_settings_are_written_says_nothing():
    turned = Calendar(
        "desk", "Europe/Berlin", dict(reversed(OFFICE.items())), ["2025-12-26", "2025-12-25"],
        "DE", "BY",
    )  # fmt: skip
    same = replace(
        SETTINGS,
        calendars=Calendars([Calendar("night", "UTC", {"sun": [["22:00", "04:00"]]}), turned]),
        sources=dict(reversed(SETTINGS.sources.items())),
        team_calendars=dict(reversed(SETTINGS.team_calendars.items())),
    )
    assert fingerprint(same, {}) == fingerprint(SETTINGS, {})


def calendars(**changed):
    return replace(SETTINGS, calendars=Calendars([replace(DESK, **changed)]), team_calendars={})


def sources(**changed):
    return replace(SETTINGS, sources={"a": replace(SourceRules(), **changed)})


@pytest.mark.parametrize(
    "changed",
    [
        replace(SETTINGS, default_calendar="night"),
        replace(SETTINGS, zone="UTC"),
        replace(SETTINGS, schedules={}),
        replace(SETTINGS, team_calendars={}),
        replace(SETTINGS, sources={}),
        *(
            calendars(**change)
            for change in (
                {"tz": "UTC"},
                {"weekly": {"mon": [("09:00", "17:01")]}},
                {"holidays": ["2025-12-25"]},
                {"holiday_country": None, "holiday_region": None},
                {"holiday_region": "BE"},
            )
        ),
        *(
            sources(**change)
            for change in (
                {"trust": "stated"},
                {"closed_counts_as_resolved": False},
                {"calendar": "desk"},
                {"escalation_teams": frozenset({"t1"})},
                {},
            )
        ),
    ],
)
def test_every_setting_counts(changed):
    others = [SETTINGS, calendars(), sources()]
    assert fingerprint(changed, {}) not in {
        fingerprint(other, {}) for other in others if other != changed
    }


def test_custom_fields_count():
    found = {fingerprint(SETTINGS, customs) for customs in ({}, {"a": "text"}, {"a": "bool"})}
    assert len(found) == 3


def test_other_settings_derive_everything_anew(sqlite_store, tmp_path, clock):
    desk = Desk(sqlite_store)
    week = {"sat": [("13:00", "14:00")]}
    desk.put(ticket("1"), change("c", new="solved", changed_at=DAY_2))
    plain = Settings(Calendars([Calendar("desk", "UTC", week)]))
    refresh(sqlite_store, tmp_path, clock, plain)
    assert refresh(sqlite_store, tmp_path, clock, plain) == "nothing"
    open_on_saturday = replace(plain, default_calendar="desk")
    assert refresh(sqlite_store, tmp_path, clock, open_on_saturday) == "everything"
    [row] = mart_dicts(tmp_path, "tickets")
    assert (row["full_resolution_s"], row["full_resolution_business_s"]) == (86400.0, 3600.0)
    assert DAY_1.strftime("%a") == "Sat"
    closed = replace(
        open_on_saturday, calendars=Calendars([Calendar("desk", "UTC", week, ["2025-11-01"])])
    )
    assert refresh(sqlite_store, tmp_path, clock, closed) == "everything"
    assert mart_dicts(tmp_path, "tickets")[0]["full_resolution_business_s"] == 0.0

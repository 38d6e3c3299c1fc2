"""`deskpulse kpi` calls teams and accounts by their names, and takes them by name."""

import csv

import pytest

from support.program import Desk

DESK = """
zone = "UTC"

[sources.box]
use = "files"
path = "box.ndjson"

[sources.post]
use = "files"
path = "post.ndjson"
"""
NOW = "2025-06-05T12:00Z"
LONG = "9007199254740993"


def _box():
    yield {"record": "team", "id": LONG, "name": "First line"}
    yield {"record": "team", "id": "2", "name": '=HYPERLINK("http://x.test")'}
    yield {"record": "team", "id": "5", "name": "Twins"}
    yield {"record": "team", "id": "6", "name": "twins"}
    yield {"record": "agent", "id": "a1", "name": "Ann Agent"}
    yield {"record": "account", "id": "c1", "name": "[bold]Acme[/]\x1b[31m"}
    for number, team in enumerate((LONG, "2", "5", "6", "none", None)):
        yield {
            "record": "ticket", "id": str(number), "created_at": f"2025-06-03T10:0{number}:00Z",
            "status": "open", "team_id": team, "assignee_id": "a1", "account_id": "c1",
        }  # fmt: skip


def _post():
    yield {"record": "team", "id": "2", "name": "Post room"}
    yield {"record": "ticket", "id": "1", "created_at": "2025-06-03T11:00:00Z", "team_id": "2"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("desk")).configure(DESK)
    desk.records("box.ndjson", *_box())
    desk.records("post.ndjson", *_post())
    desk("sync", as_of=NOW).ok()
    desk("derive", as_of=NOW).ok()
    return desk


def test_a_table_shows_names_and_no_half_id(desk):
    told = desk("kpi", "submissions", "--by", "team", as_of=NOW).ok().out
    assert "First line" in told
    assert LONG not in told
    assert "…" not in told
    assert "none" in told
    shown = desk("kpi", "submissions", "--by", "agent", "--by", "account", as_of=NOW).ok().out
    assert "[bold]Acme[/]" in shown
    assert "\x1b" not in shown
    assert "a1" in shown
    assert "Ann" not in shown  # who compares agents compares numbers


def test_an_id_that_two_sources_use_has_a_name_only_beside_its_source(desk):
    rows = desk("kpi", "submissions", "--by", "team", "--json", as_of=NOW).ok().json["rows"]
    names = {row["dims"]["team"]: row.get("names") for row in rows}
    assert names[LONG] == {"team": "First line"}
    assert names["2"] is None
    assert names[None] is None
    asked = ("kpi", "submissions", "--by", "source", "--by", "team")
    rows = desk(*asked, "--json", as_of=NOW).ok().json["rows"]
    by_place = {(row["dims"]["source"], row["dims"]["team"]): row.get("names") for row in rows}
    assert by_place["post", "2"] == {"team": "Post room"}


def test_files_have_the_name_beside_the_id_and_no_formula(desk, tmp_path):
    path = tmp_path / "teams.csv"
    asked = ("kpi", "submissions", "--by", "source", "--by", "team")
    desk(*asked, "-o", path, as_of=NOW).ok()
    with path.open(encoding="utf-8") as file:
        rows = {(row["source"], row["team"]): row["team_name"] for row in csv.DictReader(file)}
    assert rows["box", LONG] == "First line"
    assert rows["box", "2"].startswith("'=HYPERLINK")
    assert rows["box", "none"] == ""


def test_tickets_are_asked_for_by_a_teams_name(desk):
    asked = ("kpi", "submissions", "--tickets", "--json", "--where")
    for team in ("first LINE", LONG):
        told = desk(*asked, f"team={team}", as_of=NOW).ok().json
        assert [row["ticket"] for row in told["tickets"]] == ["0"]
        assert told["tickets"][0]["names"] == {"team": "First line"}
    assert desk(*asked, "team=", as_of=NOW).ok().json["n"] == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [("First lime", 'did you mean "First line"?'), ("TWINS", "2 are called that")],
)
def test_a_name_of_nobody_or_of_several_is_refused(desk, value, said):
    told = desk("kpi", "submissions", "--tickets", "--where", f"team={value}", as_of=NOW)
    assert told.code == 2
    assert said in told.err


def test_a_table_of_an_analysis_has_names_too(desk):
    told = desk("kpi", "open_cases", "--json", as_of=NOW).ok().json
    rows = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
    assert {row["team_name"] for row in rows if row["team"] == LONG} == {"First line"}
    assert {row["account_name"] for row in rows if row["source"] == "box"} == {
        "[bold]Acme[/]\x1b[31m"
    }
    shown = desk("kpi", "open_cases", as_of=NOW).ok().out
    assert "team First line" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("submissions", "--where", "team=x"), "--where goes with --tickets"),
        (("submissions", "--limit", "3"), "--limit goes with --tickets"),
        (("submissions", "--values"), "--values goes with --list"),
        (("submissions", "--set", "a=1"), "submissions has no parameters"),
        (("backlog_age", "--tickets"), "answers with a table of its own"),
        (("backlog_age", "--compare"), "answers with a table of its own"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(desk, options, said):
    told = desk("kpi", *options, as_of=NOW)
    assert told.code == 2
    assert said in told.err


def test_no_target_is_said(desk):
    told = desk("kpi", "submissions", "--targets", as_of=NOW).ok().out
    assert "No target is set" in " ".join(told.split())


def test_nothing_found_is_not_called_no_data(desk):
    assert "nothing found" in desk("kpi", "spikes", as_of=NOW).ok().out
    told = desk("kpi", "submissions", "--tickets", "--where", "channel=fax", as_of=NOW).ok().out
    assert "no cases" in told

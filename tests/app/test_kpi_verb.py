"""`deskpulse kpi` and what stands around a number: tickets, changes, targets, files."""

import csv
import json

import polars as pl
import pytest

from support.program import Desk

DESK = """
zone = "Europe/Berlin"

[sources.box]
use = "files"
path = "box.ndjson"

[targets.submissions]
goal = 2
direction = "lower"
"""
NOW = "2025-06-05T12:00Z"
SUBJECTS = ("Broken <b>kettle</b>", "=1+1", "\x1b[31mred [bold]alert[/]")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("desk")).configure(DESK)
    desk.records("box.ndjson", *_tickets())
    desk("sync", as_of=NOW).ok()
    desk("derive", as_of=NOW).ok()
    return desk


def _tickets():
    for day in (3, 4):
        for number, subject in enumerate(SUBJECTS[: day - 1]):
            yield {
                "record": "ticket",
                "id": f"{day}-{number}",
                "created_at": f"2025-06-0{day}T10:0{number}:00Z",
                "status": "open",
                "channel": "email" if number else "chat",
                "subject": subject,
                "url": f"https://desk.test/{day}-{number}",
            }


def test_tickets_come_with_subject_and_link(desk):
    told = desk("kpi", "submissions", "--tickets", "--json", as_of=NOW).ok().json
    assert told["kpi"] == "submissions"
    assert told["n"] == len(told["tickets"]) == 5
    newest = told["tickets"][0]
    assert newest == {
        "source": "box",
        "ticket": "4-2",
        "at": "2025-06-04T10:02:00+00:00",
        "value": None,
        "bucket": None,
        "dims": {},
        "subject": SUBJECTS[2],
        "url": "https://desk.test/4-2",
    }


def test_tickets_of_one_row(desk):
    told = desk(
        *("kpi", "submissions", "--every", "day", "--tickets", "--where", "channel=email"),
        *("--bucket", "2025-06-04", "--limit", "1", "--json"),
        as_of=NOW,
    )
    assert told.ok().json["n"] == 2
    assert [row["ticket"] for row in told.json["tickets"]] == ["4-2"]


def test_a_subject_is_only_shown(desk):
    told = desk("kpi", "submissions", "--tickets", as_of=NOW).ok().out
    assert "\x1b" not in told
    assert "[bold]alert[/]" in told
    assert "https://desk.test/4-2" in told
    assert "5 of 5 cases" in told


def test_a_change_is_told_only_if_asked(desk):
    day = ("--from", "2025-06-04", "--to", "2025-06-04")
    (plain,) = desk("kpi", "submissions", *day, "--json", as_of=NOW).ok().json["rows"]
    assert plain.keys() == {"bucket", "dims", "value", "n", "previous", "complete"}
    (row,) = desk("kpi", "submissions", *day, "--compare", "--json", as_of=NOW).ok().json["rows"]
    assert row["complete"] is True
    assert (row["change"]["before"], row["change"]["verdict"]) == (2, "too few")
    shown = desk("kpi", "submissions", *day, "--compare", as_of=NOW).ok().out
    assert "too few cases to compare" in " ".join(shown.split())
    assert "Europe/Berlin" in shown


def test_targets_are_told_only_if_asked(desk):
    asked = ("kpi", "submissions", "--every", "day", "--from", "2025-06-03", "--targets")
    rows = desk(*asked, "--json", as_of=NOW).ok().json["rows"]
    assert [row["target"]["status"] for row in rows] == ["good", "bad"]
    assert "bad (goal 2 or less)" in desk(*asked, as_of=NOW).ok().out


def test_a_target_of_no_kpi_is_a_fault_of_the_configuration(tmp_path):
    desk = Desk(tmp_path).configure(DESK + "[targets.submisions]\ngoal = 1\n")
    told = desk("check")
    assert told.code == 2
    assert "config.toml line 11" in told.err
    assert "did you mean 'submissions'" in told.err


def test_files_hold_the_rows_that_are_shown(desk, tmp_path):
    shown = desk("kpi", "submissions", "--by", "channel", "--json", as_of=NOW).ok().json
    for name in ("a.csv", "a.xlsx", "a.json", "a.parquet"):
        path = tmp_path / name
        told = desk("kpi", "submissions", "--by", "channel", "-o", path, as_of=NOW).ok()
        assert (told.out, "Written to" in told.err) == ("", True)
    assert json.loads((tmp_path / "a.json").read_text()) == shown
    expected = [(row["dims"]["channel"], row["value"]) for row in shown["rows"]]
    frame = pl.read_parquet(tmp_path / "a.parquet")
    assert list(zip(frame["channel"], frame["value"], strict=True)) == expected
    with (tmp_path / "a.csv").open(encoding="utf-8") as file:
        rows = [(row["channel"], float(row["value"])) for row in csv.DictReader(file)]
    assert rows == expected


def test_a_file_of_tickets_has_all_of_them_and_no_formula(desk, tmp_path):
    path = tmp_path / "tickets.csv"
    desk("kpi", "submissions", "--tickets", "-o", path, as_of=NOW).ok()
    with path.open(encoding="utf-8") as file:
        subjects = [row["subject"] for row in csv.DictReader(file)]
    assert len(subjects) == 5
    assert "'=1+1" in subjects


def test_a_file_of_no_known_form_is_refused_first(desk, tmp_path):
    told = desk("kpi", "submissions", "-o", tmp_path / "a.xls", as_of=NOW)
    assert told.code == 2
    assert "allowed are .csv, .json, .parquet, .xlsx" in told.err


def test_the_list_is_by_book_with_units_and_directions(desk):
    told = desk("kpi", "--list", "--json", as_of=NOW).ok().json
    reply = next(row for row in told if row["kpi"] == "first_reply_time")
    assert (reply["unit"], reply["direction"]) == ("seconds", "lower")
    assert "first_reply_time" in desk("kpi", "--list", as_of=NOW).ok().out


def test_an_explanation_is_complete(desk):
    told = desk("kpi", "first_reply_time", "--explain", "--json", as_of=NOW).ok().json
    wanted = {
        "Formula",
        "Period by",
        "Attribution",
        "Counts",
        "Left out",
        "Clocks",
        "Zone",
        "Source",
    }
    assert wanted <= told.keys()


def test_the_sql_is_shown_on_request(desk):
    told = desk("kpi", "first_reply_time", "--sql", "spark", as_of=NOW).ok().out
    assert "PERCENTILE(_x0, ARRAY(0.25, 0.5, 0.75, 0.9))" in told


def test_the_attribution_is_shown(desk):
    told = desk("kpi", "first_reply_time", "--attribution", "created", as_of=NOW).ok().out
    assert "counted by ticket creation (attribution: created)" in " ".join(told.split())


@pytest.mark.parametrize("option", [["--where", "channel"], ["--where", "=x"]])
def test_a_pair_that_is_none_is_refused(desk, option):
    told = desk("kpi", "submissions", "--tickets", *option, as_of=NOW)
    assert told.code == 2
    assert "NAME=VALUE" in told.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("submissions", "--clock", "business"), "--clock says nothing for submissions"),
        (("open_tickets", "--from", "2025-01-01"), "known only for the present"),
        (("ticket_age", "--versus", "previous"), "known only for the present"),
        (("submissions", "--tickets", "--benchmark"), "--benchmark goes without --tickets"),
        (("submissions", "--tickets", "--bucket", "2025-06-03"), "not asked for in periods"),
        (("submissions", "--by", "hour"), "did you mean 'hour_of_day'?"),
        (("submissions", "--by", "day"), "--every day"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(desk, words, said):
    done = desk("kpi", *words, as_of=NOW)
    assert done.code == 2
    assert said in " ".join((done.out + done.err).split())


def test_a_day_is_one_weekday(desk):
    told = desk("kpi", "submissions", "--every", "day", "--by", "weekday", "--json", as_of=NOW)
    rows = [(row["bucket"], row["dims"]["weekday"], row["value"]) for row in told.ok().json["rows"]]
    assert rows == [("2025-06-03", 1, 2), ("2025-06-04", 2, 3)]
    hours = desk(
        "kpi", "submissions", "--every", "hour", "--by", "hour_of_day", "--json", as_of=NOW
    )
    assert {row["dims"]["hour_of_day"] for row in hours.ok().json["rows"]} == {12}
    assert all(row["bucket"][11:13] == "12" for row in hours.json["rows"])

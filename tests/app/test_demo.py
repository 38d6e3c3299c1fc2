"""`deskpulse demo`: the whole path at a glance, on 80 columns."""

from __future__ import annotations

import re

import pytest

from support.program import execute, invoke


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, execute("demo", "-o", "out", cwd=folder, timeout=300)


def test_it_shows_every_step(played):
    _, done = played
    assert done.code == 0, done.err
    said = [line.strip("─ ") for line in done.out.splitlines() if line.startswith("──")]
    steps = (
        *("A simulated Zendesk", "check", "sync", "derive", "kpi", "digest"),
        *("Three hours later", "alerts", "The same in Slack"),
    )
    assert [line.split(":")[0].split(" on ")[0] for line in said[:-1]] == list(steps)
    assert said[-1].startswith("That was it")
    assert "Traceback" not in done.out + done.err
    assert done.err == ""


def test_the_second_round_reads_only_what_changed(played):
    _, done = played
    found = re.search(
        r"([\d,]+) new and ([\d,]+) changed records travelled, ([\d,]+) stayed", done.out
    )
    new, changed, stayed = (int(text.replace(",", "")) for text in found.groups())
    assert 0 <= new + changed < stayed / 10
    derived = int(re.search(r"([\d,]+) tickets were derived anew", done.out)[1])
    assert derived < 100


def test_a_warning_a_breach_and_an_end_are_told_on_the_screen_and_in_slack(played):
    _, done = played
    _, _, channel = done.out.partition("The same in Slack")
    for told in (done.out, channel):
        assert re.search(r"First reply of zendesk/\d+ is due in ", told)
        assert re.search(r"First reply of zendesk/\d+ is .* late", told)
        assert re.search(r"Resolved: First reply of zendesk/\d+: met ", told)


def test_no_table_wraps(played):
    _, done = played
    rows = [
        line for line in done.out.splitlines() if re.match(r" (ticket_events|schedules) +ok ", line)
    ]
    assert len(rows) == 4
    assert all(len(line.rstrip()) <= 80 for line in rows)
    assert "…" not in "".join(rows)


def test_its_data_stays(played):
    folder, done = played
    asked = re.search(r"deskpulse -c (\S+) --as-of (\S+) kpi first_reply_time --by team", done.out)
    config, as_of = asked.groups()
    answer = invoke("-c", folder / config, "--as-of", as_of, "kpi", "submissions", "--json")
    assert answer.code == 0
    assert 1450 <= answer.json["rows"][0]["value"] <= 1600
    page = (folder / "out" / "report.html").read_text()
    assert page.lower().startswith("<!doctype html>")
    assert "http://" not in re.sub(r"http://127\.0\.0\.1:\d+|http://www\.w3\.org\S*", "", page)


def test_it_replaces_only_its_own_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    done = invoke("demo", "-o", tmp_path / "mine")
    assert (done.code, done.out) == (2, "")
    assert "is not empty and no earlier demo" in " ".join(done.err.split())
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"

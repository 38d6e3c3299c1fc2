"""`deskpulse report` in its five forms, on paper and on screen."""

from __future__ import annotations

import csv
import io
import json

import pytest

from support.small_desk import NOW, derived_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return derived_desk(tmp_path_factory.mktemp("reports"))


@pytest.mark.parametrize(
    ("form", "begins", "holds"),
    [
        ("terminal", "Support report", "Submissions"),
        ("markdown", "# ", "Submissions"),
        ("html", "<!DOCTYPE html>", "Submissions"),
        ("json", "{", '"submissions"'),
        ("csv", "", "submissions"),
    ],
)
def test_written_to_a_file_and_printed(desk, tmp_path, form, begins, holds):
    path = tmp_path / f"report.{form}"
    done = desk("report", "--format", form, "-o", path, as_of=NOW)
    assert (done.code, done.out) == (0, "")
    assert "Written to" in done.err
    text = path.read_text(encoding="utf-8-sig")
    assert text.lower().startswith(begins.lower())
    assert holds in text
    assert "Small desk" in text or form == "csv"
    printed = desk("report", "--format", form, as_of=NOW)
    assert printed.code == 0
    assert holds in printed.out


def test_json_and_csv_can_be_read_by_programs(desk):
    data = json.loads(desk("report", "--json", as_of=NOW).out)
    assert data == json.loads(desk("report", "--format", "json", as_of=NOW).out)
    rows = list(
        csv.reader(io.StringIO(desk("report", "--format", "csv", as_of=NOW).out.lstrip("\ufeff")))
    )
    assert len({len(row) for row in rows if row}) <= 2
    assert len(rows) > 20


def test_the_days_asked_for(desk):
    days = ("--from", "2026-11-02", "--to", "2026-11-08")
    data = desk("report", "--json", *days, as_of=NOW).json
    assert "2026-11-02" in json.dumps(data)
    shown = desk("report", *days, as_of=NOW).out
    assert "7 tickets came in and 7 were resolved" in " ".join(shown.split())
    assert desk("report", "--from", "2026-11-23", as_of=NOW).code == 0  # today, not over yet


def test_a_report_holds_no_customers_markup(tmp_path):
    from support.small_desk import FIRST, small_desk, ticket

    desk = small_desk(tmp_path)
    desk.records("evil.ndjson", *ticket("evil", FIRST, subject="</script><img src=x onerror=1>"))
    desk("sync").ok()
    desk("derive").ok()
    assert "onerror=1>" not in desk("report", "--format", "html", as_of=NOW).ok().out

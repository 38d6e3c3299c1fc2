from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.report import csv_sheet
from support.hostile import HOSTILE
from support.reporting import answer, report, row

CELLS = st.one_of(
    st.none(),
    st.text(alphabet=st.characters(), max_size=30),
    st.sampled_from(
        ["=1+1", "-5", "+5", "@x", "\t=1", "\r=1", "\0=1", "＝1", "'=1", '"', "a,b", "a\r\nb"]
    ),
    st.integers(-(10**12), 10**12),
    st.floats(-1e9, 1e9),
)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8))
def test_reads_back_as_written_and_holds_no_formula(rows):
    head, *body = read(csv_sheet.write(("a", "b", "c"), rows))
    assert head == ["a", "b", "c"]
    assert len(body) == len(rows)
    for written, given_row in zip(body, rows, strict=True):
        for cell, value in zip(written, given_row, strict=True):
            if isinstance(value, str):
                assert cell == csv_sheet.guard(value)
                assert cell[:1] not in {*"=+-@\t\r\n\0＝＋－＠"}
                assert cell.removeprefix("'") == value.encode(
                    "utf-8", "replace"
                ).decode().removeprefix("'")
            elif value is None:
                assert cell == ""
            else:
                assert float(cell) == value


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE])
def test_hostile_texts(text):
    cell = read(csv_sheet.write(("subject",), [[text]]))[1][0]
    assert cell[:1] not in {*"=+-@\t\r\0"}
    cell.encode()


def test_negative_numbers_stay_numbers():
    assert csv_sheet.write(("n", "t"), [[-5, "-5"]]) == "n,t\r\n-5,'-5\r\n"


def test_one_answer():
    given_answer = answer(
        "first_reply_time",
        [
            row("first_reply_time", 90.5, 12, 100.0, bucket="2026-05-04", dims={"team": "=cmd"}),
            row("first_reply_time", 30.0, 3, bucket="2026-05-05", dims={"team": None}),
        ],
    )
    assert csv_sheet.render_result(given_answer, "day") == (
        "kpi,title,unit,clock,time_basis,zone,from,to,every,bucket,team,"
        "value,n,mean,median,p25,p75,p90,low,high,previous\r\n"
        "first_reply_time,First reply time,seconds,calendar,when it happened,Europe/Berlin,"
        "2026-04-27,2026-05-24,day,2026-05-04,'=cmd,90.5,12,144.8,90.5,,,280.55,,,100.0\r\n"
        "first_reply_time,First reply time,seconds,calendar,when it happened,Europe/Berlin,"
        "2026-04-27,2026-05-24,day,2026-05-05,,30.0,3,48.0,30.0,,,93.0,,,\r\n"
    )


def test_a_report_has_every_row_of_every_answer():
    given_report = report()
    head, *body = read(csv_sheet.render(given_report))
    assert len(body) == sum(len(found.rows) for found in given_report.answers.values())
    assert {"channel", "team", "weekday", "hour_of_day"} < set(head)
    assert all(len(line) == len(head) for line in body)

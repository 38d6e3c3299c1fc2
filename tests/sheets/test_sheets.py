"""Answers as files: the rows that are shown, and nothing that a spreadsheet would run."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime

import polars as pl
import pytest

from deskpulse.errors import ConfigError, StoreError
from deskpulse.untrusted import Untrusted
from deskpulse_reports.kpis.cases import Case, Cases
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.sheets import sheet, xlsx_file
from deskpulse_reports.sheets.sheet import Sheet
from deskpulse_reports.sheets.write import check, write
from support.hostile import HOSTILE
from support.marts import engine, fact

RATE = Sheet(
    "Share",
    ("team", "value", "n", "good", "seen"),
    [
        ("a", 0.25, 8, True, datetime(2025, 6, 2, 9, tzinfo=UTC)),
        ("b", None, 0, None, None),
        (Untrusted("=cmd|'/c calc'!A0"), -1.5, -3, False, None),
    ],
    {"kpi": "share", "zone": "UTC"},
    {"value": "ratio"},
)


def saved(made, tmp_path, name, data=None):
    path = tmp_path / name
    write(made, data, path)
    return path


def page(path, name="sheet1"):
    """The XML of a worksheet, and the texts it refers to."""
    with zipfile.ZipFile(path) as book:
        shared = book.read("xl/sharedStrings.xml").decode()
        return book.read(f"xl/worksheets/{name}.xml").decode(), shared


def test_csv_is_guarded_and_framed(tmp_path):
    text = saved(RATE, tmp_path, "a.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0] == {
        "kpi": "share", "zone": "UTC", "team": "a", "value": "0.25", "n": "8", "good": "True",
        "seen": "2025-06-02T09:00:00+00:00",
    }  # fmt: skip
    assert rows[1]["value"] == ""
    assert rows[2]["team"].startswith("'=")
    assert rows[2]["value"] == "-1.5"


def test_parquet_has_types(tmp_path):
    frame = pl.read_parquet(saved(RATE, tmp_path, "a.parquet"))
    assert frame.schema == {
        "kpi": pl.String, "zone": pl.String, "team": pl.String, "value": pl.Float64,
        "n": pl.Int64, "good": pl.Boolean, "seen": pl.Datetime("us", "UTC"),
    }  # fmt: skip
    assert frame["value"].to_list() == [0.25, None, -1.5]
    assert frame["team"][2] == "=cmd|'/c calc'!A0"


def test_an_empty_sheet_still_has_its_columns(tmp_path):
    nothing = Sheet("none", ("team", "value"), [])
    assert pl.read_parquet(saved(nothing, tmp_path, "a.parquet")).columns == ["team", "value"]
    assert saved(nothing, tmp_path, "a.csv").read_text() == "team,value\n"
    assert saved(nothing, tmp_path, "a.xlsx").stat().st_size > 0


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_no_text_is_a_formula_or_a_link_in_xlsx(tmp_path, text):
    made = Sheet("x", ("=1+1", "b"), [(Untrusted(text), "https://example.com")], {"kpi": text})
    path = saved(made, tmp_path, "a.xlsx")
    xml, _ = page(path)
    assert "<f>" not in xml
    assert "hyperlink" not in xml.lower()
    assert all(kind == "s" for kind in re.findall(r'<c [^>]*?t="(\w+)"', xml))


def test_xlsx_keeps_numbers_as_numbers_and_rates_as_percent(tmp_path):
    xml, shared = page(saved(RATE, tmp_path, "a.xlsx"))
    assert re.search(r'<c r="B2" s="\d"><v>0.25</v></c>', xml)
    assert re.search(r'<c r="C4"><v>-3</v></c>', xml)
    assert 'r="B3"' not in xml
    assert "team" in shared
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert "0.0%" in book.read("xl/styles.xml").decode()


def test_lone_surrogates_control_signs_and_long_texts_fit(tmp_path):
    made = Sheet("x", ("a",), [("\ud800 \x00\x1b[2J",), ("x" * 100_000,)])
    for name in ("a.csv", "a.xlsx", "a.parquet"):
        assert saved(made, tmp_path, name).stat().st_size > 0
    assert pl.read_parquet(tmp_path / "a.parquet")["a"][1] == "x" * 32_766


def test_too_many_rows_for_a_spreadsheet(monkeypatch):
    monkeypatch.setattr(xlsx_file, "MOST_ROWS", 2)
    with pytest.raises(ConfigError, match="more than a spreadsheet holds"):
        xlsx_file.render(RATE)


def test_json_is_the_data_as_it_is(tmp_path):
    path = saved(RATE, tmp_path, "a.json", {"rows": [1, None]})
    assert json.loads(path.read_text()) == {"rows": [1, None]}


@pytest.mark.parametrize("name", ["a.xls", "a", "a.xslx"])
def test_an_ending_that_says_nothing_is_refused(tmp_path, name):
    with pytest.raises(ConfigError, match=r"\.xlsx"):
        check(tmp_path / name)
    with pytest.raises(ConfigError, match="does not say what to write"):
        saved(RATE, tmp_path, name)


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(StoreError, match="cannot write"):
        saved(RATE, tmp_path, "a.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_result_has_the_rows_that_are_shown(tmp_path):
    tickets = [
        fact(ticket_id=f"{day}-{number}", created_at=f"2025-06-0{day}", team_id=team)
        for day in (2, 3)
        for number, team in enumerate(("a", "a", "b"))
    ]
    desk = engine(tmp_path, tickets=tickets)
    window = {"start": date(2025, 6, 3), "end": date(2025, 6, 3)}
    result = desk.compute(
        "submissions",
        ["team"],
        every="day",
        versus="previous",
        benchmark=True,
        targets=True,
        **window,
    )
    made = sheet.of_result(result, "day")
    rows = [dict(zip(made.columns, row, strict=True)) for row in made.rows]
    assert [(row["day"], row["team"], row["value"]) for row in rows] == [
        ("2025-06-03", "a", 2),
        ("2025-06-03", "b", 1),
    ]
    assert rows[0]["change_before"] == 2
    assert rows[0]["change_verdict"] == "too few"
    assert rows[0]["complete"] is True
    assert rows[0]["benchmark_median"] is None
    assert rows[0]["status"] is None
    assert made.frame["attribution"] == "event"
    for name in ("a.csv", "a.xlsx", "a.parquet"):
        assert saved(made, tmp_path, name).stat().st_size > 0
    plain = sheet.of_result(desk.compute("submissions", **window))
    assert plain.columns == ("value", "n", "previous", "complete")


def test_cases_have_subject_and_link_closed_until_written(tmp_path):
    case = Case("desk", "7", None, datetime(2025, 6, 2, tzinfo=UTC), 60.0, None, {"team": "a"})
    cases = Cases("first_reply_time", "First reply time", "seconds", 1, (case,))
    made = sheet.of_cases(cases, {("desk", "7"): (Untrusted("=1+1"), "https://x.test/7")})
    assert "=1+1" not in repr(made)
    (row,) = csv.DictReader(io.StringIO(saved(made, tmp_path, "a.csv").read_text("utf-8")))
    assert (row["ticket"], row["value"], row["subject"]) == ("7", "60.0", "'=1+1")
    assert sheet.of_cases(cases, {}).rows[0][-2:] == (None, None)


def test_an_analysis_is_a_sheet_too(tmp_path):
    table = Table(columns=("team", "share"), rows=(("a", 0.5),), units={"share": "ratio"})
    made = sheet.of_table("split", "Split", table)
    assert (made.columns, made.rows) == (("team", "share"), [("a", 0.5)])


def test_a_column_named_like_the_frame_stays_apart(tmp_path):
    made = Sheet("x", ("zone", "value"), [("north", 1)], {"zone": "UTC"})
    assert pl.read_parquet(saved(made, tmp_path, "a.parquet")).to_dicts() == [
        {"zone": "UTC", "zone_": "north", "value": 1}
    ]

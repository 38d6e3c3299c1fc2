"""Foreign tables: columns onto fields, values, dates, zones, types; and settings that are refused."""

import re
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import orjson
import polars as pl
import pytest
from pydantic import ValidationError

from support.files_source import files_source, kept_aside, read

CSV = """number;state;opened;labels;made_sla;score;category;category
INC1;New;29/2/2016 01:16;a, b;true;3;55;170
INC2;Active;01/07/2016 12:00;;no;4.5;?;171
"""
COLUMNS = {
    "id": "number",
    "status": {"column": "state", "values": {"New": "new", "Active": "open"}},
    "channel": {"constant": "email"},
    "created_at": "opened",
    "tags": {"column": "labels", "split": ","},
    "reason": {"column": "category", "default": "none"},
    "brand": "category#2",
    "custom": {
        "made_sla": {"column": "made_sla", "type": "bool"},
        "score": {"column": "score", "type": "number"},
        "label": "score",
    },
}
TABLE = {
    "path": "legacy.csv",
    "record": "ticket",
    "delimiter": ";",
    "missing": ["", "?"],
    "date_format": "%d/%m/%Y %H:%M",
    "zone": "Europe/Berlin",
    "columns": COLUMNS,
}


def read_table(tmp_path, text=CSV, **changes):
    (tmp_path / "legacy.csv").write_text(text)
    return read(files_source(tmp_path, tables=[TABLE | changes]))


def test_rename_value_map_constant_dates_lists_types_and_duplicate_names(tmp_path):
    got = read_table(tmp_path)
    assert got.rejected == []
    first, second = got.records
    assert first.id == "INC1"
    assert first.status == "new"
    assert first.channel == "email"
    assert first.created_at == datetime(2016, 2, 29, 0, 16, tzinfo=UTC)  # winter: one hour
    assert first.tags == ["a", "b"]
    assert (first.reason, first.brand) == ("55", "170")
    assert first.custom == {"made_sla": True, "score": 3, "label": "3"}
    assert second.created_at == datetime(2016, 7, 1, 10, 0, tzinfo=UTC)  # summer: two
    assert second.tags is None
    assert (second.reason, second.brand) == ("none", "171")
    assert second.custom == {"made_sla": False, "score": 4.5, "label": "4.5"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (
            "INC3;Lost;29/2/2016 01:16;;true;1;1;1",
            "column 'state': 'Lost' is not in values ('New', 'Active')",
        ),
        (
            "INC3;New;2016-02-29;;true;1;1;1",
            "column 'opened': '2016-02-29' is not a time of the form %d/%m/%Y",
        ),
        (
            "INC3;New;29/2/2016 01:16;;maybe;1;1;1",
            "column 'made_sla': 'maybe' is neither yes nor no",
        ),
        ("INC3;New;29/2/2016 01:16;;true;many;1;1", "column 'score': 'many' is not a number"),
        ("INC3;New;29/2/2016 01:16;;true;inf;1;1", "column 'score': 'inf' is not a number"),
        ("INC3;New;31/12/1969 01:16;;true;1;1;1", "is not a plausible time"),
        ("INC3;New;31/12/9999 23:59;;true;1;1;1", "is not a plausible time"),
        ("INC3;New;;;true;1;1;1", "created_at is missing"),
        (";New;29/2/2016 01:16;;true;1;1;1", "id is missing"),
    ],
)
def test_a_bad_row_is_kept_aside_and_the_rest_goes_on(tmp_path, row, why):
    head, body = CSV.split("\n", 1)
    got = read_table(tmp_path, f"{head}\n{row}\n{body}")
    assert got.ids == ["INC1", "INC2"]
    [refused] = got.rejected
    assert refused.startswith("legacy.csv line 2: ")
    assert why in refused
    [kept] = kept_aside(tmp_path)
    assert (kept["stream"], kept["file"], kept["line"], kept["raw"]) == (
        "ticket",
        "legacy.csv",
        2,
        row,
    )
    assert kept["error"] in refused


@pytest.mark.parametrize(
    ("form", "cell", "expected"),
    [
        (None, "2016-02-29T01:16:00+05:30", datetime(2016, 2, 28, 19, 46, tzinfo=UTC)),
        ("iso", "2016-02-29 01:16", datetime(2016, 2, 29, 0, 16, tzinfo=UTC)),
        ("unix", "1456704960", datetime(2016, 2, 29, 0, 16, tzinfo=UTC)),
        ("unix_ms", "1456704960500", datetime(2016, 2, 29, 0, 16, 0, 500_000, tzinfo=UTC)),
        (
            "%Y-%m-%dT%H:%M:%S%z",
            "2016-02-29T01:16:00-0100",
            datetime(2016, 2, 29, 2, 16, tzinfo=UTC),
        ),
        ("iso", "2016-10-30 02:30", datetime(2016, 10, 30, 0, 30, tzinfo=UTC)),  # twice: the first
    ],
)
def test_forms_of_time(tmp_path, form, cell, expected):
    (tmp_path / "t.csv").write_text(f"n,t\n1,{cell}\n")
    columns = {"id": "n", "created_at": {"column": "t", "format": form}}
    table = {"path": "t.csv", "record": "ticket", "zone": "Europe/Berlin", "columns": columns}
    got = read(files_source(tmp_path, tables=[table]))
    assert got.rejected == []
    assert got.records[0].created_at == expected


def test_a_time_without_offset_needs_a_zone(tmp_path):
    got = read_table(tmp_path, zone=None)
    assert got.records == []
    assert "has no offset; set zone" in got.rejected[0]


def test_foreign_ndjson_and_parquet(tmp_path):
    row = {"no": 12, "when": "2026-05-01T08:00:00Z", "vip": True, "labels": ["x"], "x": 1}
    (tmp_path / "a.ndjson").write_bytes(
        orjson.dumps(row) + b"\n" + orjson.dumps({"no": None}) + b"\n"
    )
    pl.DataFrame(
        {"no": [13], "when": [datetime(2026, 5, 1, 8)], "vip": [None], "labels": [["x"]]}
    ).write_parquet(tmp_path / "b.parquet")
    columns = {"id": "no", "created_at": "when", "custom": {"vip": "vip"}, "tags": "labels"}
    tables = [
        {"name": p[0], "path": p, "record": "ticket", "zone": "UTC", "columns": columns}
        for p in ("a.ndjson", "b.parquet")
    ]
    source = files_source(tmp_path, tables=tables)
    first, second = read(source, stream=0), read(source, stream=1)
    assert first.rejected == [
        "a.ndjson line 2: ticket without id: id is missing; created_at is missing"
    ]
    assert [t.id for t in first.records + second.records] == ["12", "13"]
    assert first.records[0].custom == {"vip": True}
    assert second.records[0].custom == {}
    assert first.records[0].created_at == second.records[0].created_at
    assert second.records[0].tags == ["x"]
    assert [(kept["stream"], kept["raw"]) for kept in kept_aside(tmp_path)] == [("a", {"no": None})]


def test_other_kinds_days_and_dims(tmp_path):
    (tmp_path / "visits.csv").write_text("day,site,visits\n01.05.2026,shop,12\n")
    columns = {
        "id": "day",
        "name": {"constant": "visits"},
        "day": {"column": "day", "format": "%d.%m.%Y"},
        "value": "visits",
        "dims": {"site": "site"},
    }
    got = read(
        files_source(
            tmp_path, tables=[{"path": "visits.csv", "record": "measurement", "columns": columns}]
        )
    )
    [visits] = got.records
    assert (visits.day, visits.value, visits.dims) == (date(2026, 5, 1), 12.0, {"site": "shop"})


def test_a_missing_column_names_its_neighbour(tmp_path):
    got = read_table(tmp_path, columns=COLUMNS | {"created_at": "openned"})
    [refused] = got.rejected
    assert refused.startswith(
        "legacy.csv line 1: the file cannot be read on: there is no column 'openned'"
    )
    assert "did you mean 'opened'?" in refused
    assert read(files_source(tmp_path, tables=[TABLE])).ids == ["INC1", "INC2"]


def test_a_file_without_header_line(tmp_path):
    (tmp_path / "t.tsv").write_text("5\tBlue\n")
    columns = {"id": "n", "name": "name"}
    table = {"path": "t.tsv", "record": "team", "header": ["n", "name"], "columns": columns}
    assert [r.name for r in read(files_source(tmp_path, tables=[table])).records] == ["Blue"]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "nothing to read"),
        ({"path": "x.csv", "pth": 1}, "pth"),
        ({"tables": [TABLE | {"record": "tickets"}]}, "'tickets' is not a kind of record"),
        ({"tables": [TABLE | {"record": None}]}, "needs record"),
        ({"tables": [TABLE | {"zone": "Mars/Base"}]}, "unknown zone 'Mars/Base'"),
        ({"tables": [TABLE | {"encoding": "latin-99"}]}, "unknown encoding"),
        ({"tables": [TABLE | {"case": "number"}]}, "only with kind = 'events'"),
        ({"tables": [TABLE, TABLE]}, "two tables are called ticket"),
        ({"tables": [TABLE | {"columns": {"created": "x"}}]}, "did you mean 'created_at'?"),
        ({"tables": [TABLE | {"columns": {"source": "x"}}]}, "has no field 'source'"),
        (
            {"tables": [TABLE | {"columns": {"status": {"column": "s", "values": {"a": "hold"}}}}]},
            "'hold' is not allowed",
        ),
        ({"tables": [TABLE | {"columns": {"status": {}}}]}, "either column or constant"),
        (
            {"tables": [TABLE | {"columns": {"status": {"column": "a", "constant": "new"}}}]},
            "either column or constant",
        ),
        ({"tables": [{"path": "x", "kind": "events", "columns": {}}]}, "needs case and time"),
        ({"path": "${NOT_SET_ANYWHERE}/x.csv"}, "NOT_SET_ANYWHERE is not set"),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path, settings, why):
    with pytest.raises(ValidationError, match=why.replace("?", r"\?")):
        files_source(tmp_path, **settings)


def test_paths_expand_variables_and_count_from_the_base(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPORTS", str(tmp_path / "elsewhere"))
    source = files_source(
        tmp_path / "conf",
        tables=[{"path": "${EXPORTS}/a.csv"}, {"name": "b", "path": "${NOT_SET:-../b}/b.csv"}],
    )
    assert [table.path for table in source.config.tables] == [
        f"{tmp_path}/elsewhere/a.csv",
        f"{tmp_path}/b/b.csv",
    ]
    assert source.config.rejects == f"{tmp_path}/conf/rejects"


def test_every_setting_is_described():
    from deskpulse_connectors.files.settings import (
        Column,
        FilesConfig,
        MessageRule,
        Messages,
        Table,
    )

    for model in (FilesConfig, Table, Column, Messages, MessageRule):
        for name, field in model.model_fields.items():
            assert (field.description or "").endswith("."), f"{model.__name__}.{name}"


def test_the_settings_shown_in_the_documentation_are_valid(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "connectors" / "files.md").read_text()
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        for settings in tomllib.loads(block)["sources"].values():
            settings.pop("use", None)
            assert files_source(tmp_path, **settings).streams()


def test_decimals_may_follow_a_comma(tmp_path):
    table = {
        "path": "prices.csv",
        "record": "ticket",
        "delimiter": ";",
        "decimal": ",",
        "columns": {
            "id": "id",
            "created_at": "at",
            "custom": {"cost": {"column": "cost", "type": "number"}},
        },
    }
    at = "2026-05-01T08:00:00Z"
    costs = ("1,50", "1.234,5", "-7", "1.2.3,4", "1,2,3", "1.5")
    rows = "".join(f"{number};{at};{cost}\n" for number, cost in enumerate(costs))
    (tmp_path / "prices.csv").write_text(f"id;at;cost\n{rows}")
    got = read(files_source(tmp_path, tables=[table]))
    assert [one.custom["cost"] for one in got.records] == [1.5, 1234.5, -7]
    assert [line["error"] for line in kept_aside(tmp_path)] == [
        f"column 'cost': '{cost}' is not a number with a decimal comma" for cost in costs[3:]
    ]


def test_a_number_of_a_record_follows_the_decimal_comma_too(tmp_path):
    table = {
        "path": "ratings.csv",
        "record": "survey",
        "delimiter": ";",
        "decimal": ",",
        "columns": {"id": "id", "kind": {"constant": "csat"}, "score": "score", "sent_at": "at"},
    }
    (tmp_path / "ratings.csv").write_text("id;at;score\n1;2026-05-01T08:00:00Z;4,5\n")
    assert read(files_source(tmp_path, tables=[table])).records[0].score == 4.5


def test_parquet_of_many_types(tmp_path):
    odd = pl.DataFrame(
        {
            "id": [b"A1", b"A2"],
            "at": [datetime(2026, 5, 1, 8, tzinfo=UTC)] * 2,
            "day": [date(2026, 5, 1), None],
            "clock": [time(8, 30), None],
            "took": [timedelta(minutes=90), None],
            "cost": [Decimal("1.50"), Decimal("2.00")],
            "label": pl.Series(["low", None], dtype=pl.Categorical),
        }
    )
    odd.write_parquet(tmp_path / "odd.parquet")
    custom = ("day", "clock", "took", "cost", "label", "at")
    table = {
        "path": "odd.parquet",
        "record": "ticket",
        "columns": {"id": "id", "created_at": "at", "custom": {name: name for name in custom}},
    }
    got = read(files_source(tmp_path, tables=[table]))
    assert got.rejected == []
    first, second = got.records
    assert (first.id, second.id) == ("A1", "A2")
    assert first.custom == {
        "day": "2026-05-01",
        "clock": "08:30:00",
        "took": 5400.0,
        "cost": 1.5,
        "label": "low",
        "at": "2026-05-01T08:00:00+00:00",
    }
    assert second.custom == {"cost": 2.0, "at": "2026-05-01T08:00:00+00:00"}


def test_a_cell_that_is_no_single_value_is_refused_in_words(tmp_path):
    at = [datetime(2026, 5, 1, 8, tzinfo=UTC)]
    rows = pl.DataFrame({"id": [1], "at": at, "parts": [["a", "b"]], "blob": [b"\xff\x00"]})
    rows.write_parquet(tmp_path / "odd.parquet")
    for name, shown in (("parts", "['a', 'b']"), ("blob", "b'\\xff\\x00'")):
        columns = {"id": "id", "created_at": "at", "custom": {"it": name}}
        table = {"path": "odd.parquet", "record": "ticket", "columns": columns}
        [why] = read(files_source(tmp_path, tables=[table])).rejected
        assert f"column '{name}': {shown} is no text, number, time, yes or no" in why

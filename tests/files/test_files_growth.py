"""Reading again: nothing new, rows appended, files replaced, corrected, removed, added."""

import gzip
import os

import polars as pl
import pytest

from deskpulse.errors import CursorExpired, SourceUnavailable
from support.files_source import files_source, kept_aside, read

HEADER = "id,name\n"


def rows(start, stop):
    return "".join(f"{n},Team {n}\n" for n in range(start, stop))


def lines(start, stop):
    return "".join(f'{{"record":"team","id":"{n}"}}\n' for n in range(start, stop))


@pytest.fixture
def teams(tmp_path):
    path = tmp_path / "teams.csv"
    path.write_text(HEADER + rows(0, 5))
    return path


def test_reading_again_yields_nothing_at_all(teams):
    source = files_source(teams.parent, path="*.csv")
    first = read(source)
    assert len(first.records) == 5
    assert read(source, first.cursor).pages == []


def test_a_touched_file_yields_no_rows(teams):
    source = files_source(teams.parent, path="*.csv")
    first = read(source)
    os.utime(teams, ns=(1, 1))
    again = read(source, first.cursor)
    assert again.records == []
    assert read(source, again.cursor).pages == []


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_grown_file_is_read_from_where_it_ended(tmp_path, form):
    path = tmp_path / f"teams.{form}"
    head, more = (HEADER, rows) if form == "csv" else ("", lines)
    path.write_text(head + more(0, 5))
    source = files_source(tmp_path, path=f"*.{form}")
    first = read(source)
    with path.open("a") as out:
        out.write(more(5, 8) + "nonsense\n")
    second = read(source, first.cursor)
    assert second.ids == ["5", "6", "7"]
    [refused] = second.rejected
    assert refused.startswith(f"teams.{form} line {10 if form == 'csv' else 9}: ")


def test_a_corrected_row_in_the_middle_is_noticed(teams):
    source = files_source(teams.parent, path="*.csv")
    first = read(source)
    teams.write_text((HEADER + rows(0, 5)).replace("Team 2", "Team Z"))
    os.utime(teams, ns=(2, 2))
    second = read(source, first.cursor)
    assert [r.name for r in second.records] == ["Team 0", "Team 1", "Team Z", "Team 3", "Team 4"]


def test_a_truncated_or_replaced_file_is_read_from_the_start(teams):
    source = files_source(teams.parent, path="*.csv")
    first = read(source)
    teams.write_text(HEADER + rows(0, 2))
    second = read(source, first.cursor)
    assert second.ids == ["0", "1"]
    teams.write_text(HEADER + rows(100, 120))
    assert read(source, second.cursor).ids == [str(n) for n in range(100, 120)]


def test_new_files_are_picked_up_and_removed_ones_are_fine(teams):
    source = files_source(teams.parent, path="*.csv")
    first = read(source)
    (teams.parent / "agents.csv").write_text("id\n77\n")
    second = read(source, first.cursor)
    assert second.ids == ["77"]
    teams.unlink()
    (teams.parent / "agents.csv").unlink()
    third = read(source, second.cursor)
    assert (third.records, third.rejected) == ([], [])
    teams.write_text(HEADER + rows(0, 1))
    assert read(source, third.cursor).ids == ["0"]


def test_the_last_line_without_newline_is_used_and_read_again_when_the_file_grows(tmp_path):
    path = tmp_path / "teams.csv"
    path.write_text(HEADER + "1,Blue\n2,Gre")
    source = files_source(tmp_path, path="*.csv")
    first = read(source)
    assert [r.name for r in first.records] == ["Blue", "Gre"]
    assert read(source, first.cursor).pages == []
    with path.open("a") as out:
        out.write("en\n3,Red\n")
    second = read(source, first.cursor)
    assert [r.name for r in second.records] == ["Green", "Red"]


@pytest.mark.parametrize(
    ("name", "text", "rest"),
    [
        ("teams.csv", HEADER + "1,Blue\n2", ",Green\n"),
        ("teams.csv", HEADER + '1,Blue\n2,"Green\nand', ' more"\n'),
        ("teams.ndjson", '{"id":"1"}\n{"id":', '"2"}\n'),
    ],
)
def test_a_half_written_row_is_mended_by_the_next_read(tmp_path, name, text, rest):
    path = tmp_path / name
    path.write_text(text)
    source = files_source(tmp_path, path=name)
    first = read(source)
    assert first.ids == ["1"]
    assert all("read again when the file grows" in why for why in first.rejected)
    assert first.rejected
    assert len(kept_aside(tmp_path)) == len(first.rejected)
    with path.open("a") as out:
        out.write(rest)
    second = read(source, first.cursor)
    assert (second.ids, second.rejected) == (["2"], [])
    assert kept_aside(tmp_path) == []


def test_pages_are_bounded_and_every_cursor_resumes_without_loss(tmp_path):
    path = tmp_path / "teams.csv"
    path.write_text(HEADER + rows(0, 5_000) + "bad\n" + rows(5_000, 5_100))
    source = files_source(tmp_path, path="*.csv")
    whole = read(source)
    sizes = [size for size, _ in whole.pages]
    assert max(sizes) <= 2_000
    assert sum(sizes) == 5_101
    stored = 0
    for size, cursor in whole.pages:
        stored += size
        rest = read(source, cursor)
        assert len(rest.records) + len(rest.rejected) == 5_101 - stored
        assert len(kept_aside(tmp_path)) == 1
    assert len(kept_aside(tmp_path)) == 1


def test_resuming_inside_a_compressed_file(tmp_path):
    path = tmp_path / "teams.csv.gz"
    path.write_bytes(gzip.compress((HEADER + rows(0, 5_000)).encode()))
    source = files_source(tmp_path, path="*.gz")
    whole = read(source)
    assert read(source, whole.pages[0][1]).ids == [str(n) for n in range(2_000, 5_000)]
    path.write_bytes(gzip.compress((HEADER + rows(0, 5_001)).encode()))
    assert len(read(source, whole.cursor).records) == 5_001


def test_resuming_inside_a_parquet_file(tmp_path):
    pl.DataFrame({"id": range(5_000)}).write_parquet(tmp_path / "teams.parquet")
    source = files_source(tmp_path, path="*.parquet")
    whole = read(source)
    assert read(source, whole.pages[1][1]).ids == [str(n) for n in range(4_000, 5_000)]
    assert read(source, whole.cursor).pages == []


def test_other_settings_read_everything_anew(teams):
    table = {"path": "*.csv", "record": "team", "columns": {"id": "id"}}
    first = read(files_source(teams.parent, tables=[table]))
    table["columns"] = {"id": "id", "name": "name"}
    second = read(files_source(teams.parent, tables=[table]), first.cursor)
    assert [r.name for r in second.records] == [f"Team {n}" for n in range(5)]


def test_no_file_is_an_error_at_first(tmp_path):
    source = files_source(tmp_path, path="data/*.csv")
    with pytest.raises(SourceUnavailable, match="no file matches"):
        read(source)
    assert source.warnings() == [f"records: no file matches {tmp_path}/data/*.csv"]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SourceUnavailable, match="is a folder"):
        read(files_source(tmp_path, path="."))


def test_a_foreign_cursor_is_refused(teams):
    with pytest.raises(CursorExpired):
        read(files_source(teams.parent, path="*.csv"), "page-2")


def test_names_are_relative_to_the_pattern(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/teams.csv").write_text("id,name\n1\n")
    got = read(files_source(tmp_path, path="a/**/*.csv"))
    assert got.rejected == ["b/teams.csv line 2: 1 cells where the header has 2"]

"""Everything that a file may hold instead of clean rows."""

import stat

import pytest

from deskpulse.errors import SourceUnavailable
from deskpulse_connectors.files.lines import LONGEST
from support.files_source import files_source, kept_aside, read

COLUMNS = {"id": "id", "created_at": "opened", "subject": "subject"}
WHEN = "2026-05-01T08:00Z"


def tickets(tmp_path, data, **changes):
    (tmp_path / "t.csv").write_bytes(data)
    table = {"path": "t.csv", "record": "ticket", "columns": COLUMNS} | changes
    return read(files_source(tmp_path, tables=[table]))


def csv_of(*subjects):
    return "id,opened,subject\n" + "".join(f"{n},{WHEN},{s}\n" for n, s in enumerate(subjects))


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
def test_encodings(tmp_path, encoding):
    subjects = [
        "Grüße",
        "plain",
        "a Ċ b".encode(encoding, "replace").decode(encoding),
    ]  # Ċ holds byte 0x0a in UTF-16
    told = {} if encoding in {"utf-8-sig", "utf-16", "utf-32"} else {"encoding": encoding}
    got = tickets(tmp_path, csv_of(*subjects).encode(encoding), **told)
    assert got.rejected == []
    assert [t.subject for t in got.records] == subjects


def test_latin_1_untold_costs_only_its_rows_and_says_what_to_do(tmp_path):
    got = tickets(tmp_path, csv_of("plain", "Grüße", "plain").encode("latin-1"))
    assert got.ids == ["0", "2"]
    assert got.rejected == [
        "t.csv line 3: byte 0xfc is not utf-8; set encoding to the file's own, such as latin-1 or cp1252"
    ]
    assert kept_aside(tmp_path)[0]["raw"] == f"1,{WHEN},Gr\\xfc\\xdfe"


def test_a_header_in_another_encoding_refuses_the_file(tmp_path):
    got = tickets(tmp_path, "id,opened,subject,Priorität\n".encode("latin-1"))
    assert (
        "line 1: the file cannot be read on: the header cannot be read: byte 0xe4"
        in got.rejected[0]
    )
    got = tickets(tmp_path, csv_of("a").encode("utf-16-le"))
    assert "if this is UTF-16, set encoding" in got.rejected[0]


def test_hostile_texts_pass_unchanged(tmp_path):
    subjects = [
        "<!channel>",
        "</script>",
        "=HYPERLINK(1)",
        "a\0b",
        "x\r\ny",
        'say "no"',
        "\u202e\u2028",
        "😀",
        "NULL",
    ]
    quoted = ['"' + s.replace('"', '""') + '"' for s in subjects]
    got = tickets(tmp_path, csv_of(*quoted).encode())
    assert got.rejected == []
    assert [t.subject for t in got.records] == subjects


def test_line_numbers_count_quoted_newlines_and_blank_lines(tmp_path):
    got = tickets(
        tmp_path, b'id,opened,subject\r\n\r\n1,%b,"two\r\nlines"\r\n2,x,y\r\n' % WHEN.encode()
    )
    assert got.records[0].subject == "two\r\nlines"
    assert got.rejected[0].startswith("t.csv line 5: column 'opened'")


def test_ragged_rows(tmp_path):
    got = tickets(tmp_path, f"id,opened,subject\n1,{WHEN}\n2,{WHEN},a,b\n3,{WHEN},ok\n".encode())
    assert got.ids == ["3"]
    assert got.rejected == [
        "t.csv line 2: 2 cells where the header has 3",
        "t.csv line 3: 4 cells where the header has 3",
    ]


def test_a_stray_quote_costs_one_row_only(tmp_path):
    good = [f"{n},{WHEN},fine\n" for n in range(100)]
    good[40] = f'40,{WHEN},"never closed\n'
    good[80] = f'80,{WHEN},"quoted, and fine"\n'
    got = tickets(tmp_path, ("id,opened,subject\n" + "".join(good)).encode())
    assert got.ids == [str(n) for n in range(100) if n != 40]
    assert len(got.rejected) == 1
    assert got.rejected[0].startswith("t.csv line 42: ")
    assert kept_aside(tmp_path)[0]["raw"] == good[40].strip()


def test_ten_megabytes_of_text_pass(tmp_path):
    got = tickets(tmp_path, csv_of("x" * 10_000_000, "small").encode())
    assert [len(t.subject) for t in got.records] == [10_000_000, 5]


@pytest.mark.parametrize("name", ["teams.csv", "teams.ndjson"])
def test_a_line_without_end_is_refused_without_being_held(tmp_path, name):
    first, last = (
        (b"id\n1\n", b"2\n") if name == "teams.csv" else (b'{"id":"1"}\n', b'{"id":"2"}\n')
    )
    (tmp_path / name).write_bytes(first + b"x" * (2 * LONGEST + 5) + b"\n" + last)
    source = files_source(tmp_path, path=name)
    got = read(source)
    assert got.ids == ["1", "2"]
    assert got.rejected == [
        f"{name} line {first.count(b'%c' % 10) + 1}: the line is longer than 16 MB"
    ]
    assert len(kept_aside(tmp_path)[0]["raw"]) < 1_000
    with (tmp_path / name).open("ab") as out:
        out.write(last.replace(b"2", b"3"))
    assert read(source, got.cursor).ids == ["3"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{broken", "not JSON"),
        (b"[1,2]", "holds a list (write each object on a line of its own)"),
        (b'"text"', "holds a text"),
        (b"null", "holds null"),
        (b'{"id":"1"}', "record is missing; allowed: ticket, message"),
        (b'{"record":"tickets","id":"1"}', "record is 'tickets'; allowed: ticket, message"),
        (b'{"record":["ticket"],"id":"1"}', "record is ['ticket']"),
        (b'{"record":"team","id":"\\ud800"}', "not JSON"),
        (b'{"record":"team","id":NaN}', "not JSON"),
        (b'{"record":"team","id":"\xff"}', "is not utf-8"),
        (b'{"record":"team"}', "id is missing"),
        (b'{"record":"team","id":""}', "id: "),
        (b'{"record":"ticket","id":"1","created_at":"2026-05-01T08:00:00"}', "timezone"),
        (b'{"record":"ticket","id":"1","created_at":"1969-12-31T23:59:59Z"}', "plausible"),
        (b'{"record":"ticket","id":"1","created_at":"9999-12-31T23:59:59Z"}', "plausible"),
        (
            b'{"record":"ticket","id":"1","created_at":"2026-05-01T08:00Z","status":"hold"}',
            "status: ",
        ),
        (
            b'{"record":"ticket","id":"1","created_at":"2026-05-01T08:00Z","subjct":"x"}',
            "did you mean 'subject'?",
        ),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "not JSON"),
    ],
)
def test_bad_json_lines(tmp_path, line, why):
    good = b'{"record":"team","id":"1"}\r\n\r\n'
    (tmp_path / "a.ndjson").write_bytes(
        b"\xef\xbb\xbf" + good + line + b"\n" + good.replace(b"1", b"2")
    )
    got = read(files_source(tmp_path, path="a.ndjson"))
    assert got.ids == ["1", "2"]
    assert len(got.rejected) == 1
    assert got.rejected[0].startswith("a.ndjson line 3: ")
    assert why in got.rejected[0]
    assert len(got.rejected[0]) < 700
    assert kept_aside(tmp_path)[0]["line"] == 3


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("teams.csv", b"", "the file is empty"),
        ("teams.parquet", b"PAR1 not really", "not Parquet"),
        ("teams.csv.gz", b"\x1f\x8bnot really gzip", "cannot be read on"),
        ("teams.zip", b"PK not really zip", "not a zip file"),
        ("teams.doc", b"?", "its suffix says nothing; set format"),
    ],
)
def test_unusable_files_are_reported_every_time_and_do_not_stop_the_others(
    tmp_path, name, data, why
):
    (tmp_path / name).write_bytes(data)
    (tmp_path / "zeams.csv").write_text("id\n1\n")
    source = files_source(tmp_path, tables=[{"path": "*eams.*", "record": "team"}])
    first = read(source)
    assert first.ids == ["1"]
    assert first.rejected[0].startswith(f"{name} line 1: the file cannot be read on: ")
    assert why in first.rejected[0]
    again = read(source, first.cursor)
    assert (again.ids, again.rejected) == ([], first.rejected)
    assert len(kept_aside(tmp_path)) == 1
    (tmp_path / name).unlink()
    assert read(source, again.cursor).rejected == []


def test_a_gzip_cut_short_gives_what_it_has(tmp_path):
    import gzip
    import random

    noise = random.Random(1)
    text = "id,name\n" + "".join(f"{n},{noise.random()}\n" for n in range(5_000))
    packed = gzip.compress(text.encode())
    (tmp_path / "teams.csv.gz").write_bytes(packed[: len(packed) * 9 // 10])
    source = files_source(tmp_path, path="*.gz")
    got = read(source)
    assert len(got.records) == 4_000  # the full pages before the break
    assert "cannot be read on" in got.rejected[0]
    (tmp_path / "teams.csv.gz").write_bytes(packed)
    assert len(read(source, got.cursor).records) == 5_000


def test_rejects_are_private_idempotent_and_go_when_the_row_is_repaired(tmp_path):
    path = tmp_path / "teams.csv"
    path.write_text("id,name\n1,a\n2\n3,c\n4\n")
    source = files_source(tmp_path, path="*.csv")
    for _ in range(3):
        read(source)
    kept = kept_aside(tmp_path)
    assert [(row["line"], row["raw"]) for row in kept] == [(3, "2"), (5, "4")]
    mode = (tmp_path / "rejects" / "export.rejects.ndjson").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    path.write_text("id,name\n1,a\n2,b\n3,c\n4\n")
    read(source)
    assert [row["line"] for row in kept_aside(tmp_path)] == [5]


def test_a_reject_that_a_crash_cut_short_is_written_anew(tmp_path):
    (tmp_path / "teams.csv").write_text("id,name\n2\n")
    source = files_source(tmp_path, path="*.csv")
    read(source)
    rejects = tmp_path / "rejects" / "export.rejects.ndjson"
    rejects.write_bytes(rejects.read_bytes()[:30])
    read(source)
    assert [row["line"] for row in kept_aside(tmp_path)] == [2]


def test_streams_share_the_rejects_file_without_losing_each_others_rows(tmp_path):
    (tmp_path / "t.csv").write_text("id,name\n1\n")
    tables = [
        {"name": n, "path": "t.csv", "record": n, "columns": {"id": "id", "name": "name"}}
        for n in ("team", "agent")
    ]
    source = files_source(tmp_path, tables=tables)
    for _ in range(2):
        read(source, stream=0)
        read(source, stream=1)
    assert sorted(row["stream"] for row in kept_aside(tmp_path)) == ["agent", "team"]


def test_rejects_that_cannot_be_written_stop_the_source_with_advice(tmp_path):
    (tmp_path / "teams.csv").write_text("id,name\n1\n")
    (tmp_path / "rejects").write_text("a file where the folder should be")
    with pytest.raises(SourceUnavailable, match="cannot be written") as caught:
        read(files_source(tmp_path, path="teams.csv"))
    assert "set rejects" in caught.value.hint


def test_lines_that_end_with_cr_alone(tmp_path):
    (tmp_path / "teams.csv").write_bytes(b"id,name\r1,one\r2,two\r")
    [why] = read(files_source(tmp_path, path="teams.csv")).rejected
    assert "its lines end with CR alone, as on old Macs; save it with LF or CRLF" in why


def test_a_custom_field_that_is_a_list_is_named_once(tmp_path):
    line = b'{"record":"account","id":"1","custom":{"sites":["a"]}}'
    (tmp_path / "accounts.ndjson").write_bytes(line)
    [why] = read(files_source(tmp_path, path="accounts.ndjson")).rejected
    assert why.endswith(
        "account 1: custom.sites: Input should be a text, a number, a yes or no (came: ['a'])"
    )

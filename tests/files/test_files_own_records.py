"""Our own records: NDJSON lines, CSV and Parquet per kind."""

import gzip
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskpulse.records import Measurement, Message, Order, Ticket
from support.files_source import files_source, kept_aside, read

LINES = [
    {"record": "ticket", "id": "1", "created_at": "2026-05-01T08:00:00Z", "tags": ["a", "b"]},
    {
        "record": "message",
        "id": 7,
        "ticket_id": "1",
        "sent_at": "2026-05-01T09:00:00+02:00",
        "public": True,
    },
    {"record": "tombstone", "of": "ticket", "id": "9", "reason": "spam"},
]


def write_lines(path, lines):
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))


def test_ndjson_lines_become_records(tmp_path):
    write_lines(tmp_path / "all.ndjson", LINES)
    got = read(files_source(tmp_path, path="all.ndjson"))
    assert [(r.kind_name, r.id) for r in got.records] == [
        ("ticket", "1"),
        ("message", "7"),
        ("tombstone", "9"),
    ]
    assert got.records[0].tags == ["a", "b"]
    assert got.records[1].sent_at == datetime(2026, 5, 1, 7, tzinfo=UTC)
    assert got.records[2].record == "ticket"
    assert got.rejected == []


def test_csv_kind_comes_from_the_file_name(tmp_path):
    (tmp_path / "tickets-2026-05.csv").write_text(
        'id,created_at,status,tags,custom.plan\n1,2026-05-01T08:00Z,open,"[""a"",""b""]",gold\n2,2026-05-01T08:00Z,,"x, y",\n'
    )
    (tmp_path / "sla_policies.csv").write_text('id,targets\np,"[{""metric"":""first_reply""}]"\n')
    got = read(files_source(tmp_path, path="*.csv"))
    assert got.rejected == []
    policy, first, second = got.records
    assert policy.targets == [{"metric": "first_reply"}]
    assert (first.status, first.tags, first.custom) == ("open", ["a", "b"], {"plan": "gold"})
    assert (second.status, second.tags, second.custom) == (None, ["x", "y"], {})


def test_csv_kind_may_be_told(tmp_path):
    (tmp_path / "x.csv").write_text("id,name\n5,Team Blue\n")
    got = read(files_source(tmp_path, path="x.csv", record="team"))
    assert [(r.kind_name, r.name) for r in got.records] == [("team", "Team Blue")]


def test_tombstones_as_csv(tmp_path):
    (tmp_path / "tombstones.csv").write_text("id,of,reason\n5,message,deleted\n")
    got = read(files_source(tmp_path, path="*.csv"))
    assert (got.records[0].record, got.records[0].id) == ("message", "5")


def test_parquet_keeps_types(tmp_path):
    pl.DataFrame(
        {
            "id": [1, 2],
            "created_at": [datetime(2026, 5, 1, tzinfo=UTC)] * 2,
            "tags": [["a"], None],
            "custom": [{"vip": True}, {"vip": False}],
        }
    ).write_parquet(tmp_path / "tickets.parquet")
    got = read(files_source(tmp_path, path="tickets.parquet"))
    assert got.rejected == []
    assert got.ids == ["1", "2"]
    assert got.records[0].tags == ["a"]
    assert got.records[0].custom == {"vip": True}


@pytest.mark.parametrize("form", ["gz", "zip", "zip of two"])
def test_compressed_files(tmp_path, form):
    text = b"id,name\n1,A\n2,B\n"
    if form == "gz":
        (tmp_path / "teams.csv.gz").write_bytes(gzip.compress(text))
    else:
        with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
            archive.writestr("inner/teams.csv", text)
            archive.writestr("__MACOSX/teams.csv", b"junk")
            archive.writestr("README.txt", b"no data")
            if form == "zip of two":
                archive.writestr("inner/agents.csv", "id,name\n3,Agent 03\n4\n")
    got = read(files_source(tmp_path, path="*.*"))
    teams = [r.name for r in got.of("team")]
    assert teams == ["A", "B"]
    if form == "zip of two":
        assert [r.name for r in got.of("agent")] == ["Agent 03"]
        assert got.rejected == [
            "export.zip/inner/agents.csv line 3: 1 cells where the header has 2"
        ]


def test_a_name_that_says_nothing_is_refused_as_a_whole(tmp_path):
    (tmp_path / "stuff.csv").write_text("id\n1\n")
    (tmp_path / "teams.csv").write_text("id\n1\n")
    got = read(files_source(tmp_path, path="*.csv"))
    assert got.ids == ["1"]
    assert got.rejected == [
        "stuff.csv line 1: the file cannot be read on: its name says no kind of record; call it tickets.csv, or set record"
    ]


def test_unknown_columns_are_refused_once_not_a_thousand_times(tmp_path):
    (tmp_path / "teams.csv").write_text("id,nmae\n" + "1,A\n" * 1000)
    got = read(files_source(tmp_path, path="*.csv"))
    assert len(got.rejected) == 1
    assert "did you mean 'name'?" in got.rejected[0]


def test_ids_that_json_rounded_are_refused(tmp_path):
    (tmp_path / "a.ndjson").write_text('{"record":"team","id":123456789012345678901234567890}\n')
    got = read(files_source(tmp_path, path="a.ndjson"))
    assert got.records == []
    assert "write it as text" in got.rejected[0]


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ident = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
instant = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | text
)
tickets = st.builds(
    Ticket,
    id=ident,
    created_at=instant,
    subject=st.none() | text,
    status=st.sampled_from([None, "new", "open", "closed"]),
    tags=st.none() | st.lists(text, max_size=3),
    solved_at=st.none() | instant,
    custom=st.dictionaries(ident, scalars, max_size=3),
)
messages = st.builds(
    Message, id=ident, ticket_id=ident, sent_at=instant, public=st.booleans(), body=st.none() | text
)
orders = st.builds(
    Order, id=ident, total=st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2)
)
figures = st.builds(
    Measurement,
    id=ident,
    name=text,
    day=st.dates(date(1970, 1, 1)),
    value=st.integers(-9, 9).map(float),
    dims=st.dictionaries(ident, text, max_size=2),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(tickets | messages | orders | figures, min_size=1, max_size=8))
def test_records_written_as_ndjson_come_back_the_same(tmp_path, records):
    path = tmp_path / "round.ndjson"
    path.write_text(
        "".join(
            f'{{"record":"{r.kind_name}",{r.model_dump_json(exclude={"source"})[1:]}\n'
            for r in records
        ),
        encoding="utf-8",
    )
    got = read(files_source(tmp_path, path="round.ndjson"))
    assert got.rejected == []
    assert got.records == records
    assert kept_aside(tmp_path) == []


def test_decimals_and_offsets_survive(tmp_path):
    write_lines(
        tmp_path / "orders.ndjson",
        [{"id": "1", "total": "10.10", "placed_at": "2026-03-29T03:30:00+02:00"}],
    )
    got = read(files_source(tmp_path, path="orders.ndjson"))
    [order] = got.records
    assert order.total == Decimal("10.10")
    assert order.placed_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert order.placed_at.utcoffset() == timedelta(hours=2)

"""Event logs: one row an event of a case, made into a ticket, its changes and its messages."""

from datetime import UTC, datetime

import polars as pl
import pytest

from support.files_source import files_source, kept_aside, read

HEADER = "case,n,at,state,agent,group,who,text\n"
STATES = {
    "New": "new",
    "Active": "open",
    "Waiting": "pending",
    "Done": "solved",
    "Closed": "closed",
}
TABLE = {
    "path": "log.csv",
    "kind": "events",
    "case": "case",
    "order": "n",
    "time": "at",
    "actor": "who",
    "zone": "UTC",
    "columns": {
        "status": {"column": "state", "values": STATES},
        "assignee_id": "agent",
        "team_id": "group",
        "custom": {"note": "text"},
    },
}


def at(hour, minute=0):
    return datetime(2026, 5, 1, hour, minute, tzinfo=UTC)


def row(case, n, hour, state="Active", agent="", group="", who="", text=""):
    return f"{case},{n},2026-05-01 {hour:02}:00,{state},{agent},{group},{who},{text}\n"


def load(tmp_path, text, cursor=None, **changes):
    (tmp_path / "log.csv").write_text(text)
    return read(files_source(tmp_path, tables=[TABLE | changes]), cursor)


def changes(got):
    return [(c.ticket_id, c.field, c.old, c.new) for c in got.of("change")]


def test_the_newest_row_is_the_ticket_and_differences_are_changes(tmp_path):
    got = load(
        tmp_path,
        HEADER
        + row("A", 0, 8, "New", text="first")
        + row("A", 1, 9, "Active", agent="7", group="g", who="boss")
        + row("A", 2, 10, "Active", agent="7", group="g")
        + row("A", 3, 11, "Done", agent="", group="g", who="7", text="last"),
    )
    assert got.rejected == []
    [ticket] = got.of("ticket")
    assert (ticket.id, ticket.status, ticket.assignee_id, ticket.team_id) == (
        "A",
        "solved",
        None,
        "g",
    )
    assert (ticket.created_at, ticket.updated_at, ticket.source_version) == (at(8), at(11), "3")
    assert ticket.custom == {"note": "last"}
    assert changes(got) == [
        ("A", "status", "new", "open"),
        ("A", "assignee", None, "7"),
        ("A", "team", None, "g"),
        ("A", "status", "open", "solved"),
        ("A", "assignee", "7", None),
    ]
    found = got.of("change")
    assert [c.seq for c in found] == [0, 1, 2, 3, 4]
    assert [c.changed_at for c in found] == [at(9)] * 3 + [at(11)] * 2
    assert [c.actor_id for c in found] == ["boss"] * 3 + ["7"] * 2
    assert len({c.id for c in found}) == 5


def test_rows_may_come_in_any_order_and_cases_interleaved(tmp_path):
    rows = [
        row("A", 10, 9, "Done"),
        row("B", 1, 8, "New"),
        row("A", 9, 8, "New"),
        row("B", 2, 9, "Closed"),
    ]
    there, back = (
        load(tmp_path, HEADER + "".join(rows)),
        load(tmp_path, HEADER + "".join(rows[::-1])),
    )
    assert {t.id: (t.status, t.created_at) for t in there.of("ticket")} == {
        "A": ("solved", at(8)),
        "B": ("closed", at(8)),
    }
    assert {r.id: r for r in there.records} == {r.id: r for r in back.records}


def test_rows_of_one_order_get_ids_of_their_own(tmp_path):
    got = load(
        tmp_path,
        HEADER + row("A", 1, 8, "New") + row("A", 2, 9, "Active") + row("A", 2, 10, "Done"),
    )
    assert [(c.id, c.new) for c in got.of("change")] == [
        ("A/2/status", "open"),
        ("A/2.2/status", "solved"),
    ]


def test_without_order_the_time_orders(tmp_path):
    got = load(tmp_path, HEADER + row("A", "", 10, "Done") + row("A", "", 8, "New"), order=None)
    assert changes(got) == [("A", "status", "new", "solved")]
    assert got.of("ticket")[0].source_version == str(int(at(10).timestamp()) * 1_000_000)


def test_stated_instants_win_over_the_rows(tmp_path):
    columns = TABLE["columns"] | {"created_at": "text"}
    got = load(tmp_path, HEADER + row("A", 1, 8, text="2026-04-30 10:00"), columns=columns)
    assert got.of("ticket")[0].created_at == datetime(2026, 4, 30, 10, tzinfo=UTC)


def test_activities_that_are_no_state_carry_the_one_before(tmp_path):
    values = {"Opened": "new", "Taken": "open", "Solved": "solved"}
    columns = {"status": {"column": "state", "values": values, "carry": True}}
    text = (
        HEADER
        + row("A", 1, 8, "Opened")
        + row("A", 2, 9, "Coffee")
        + row("A", 3, 10, "Taken")
        + row("A", 4, 11, "Note")
    )
    got = load(tmp_path, text, columns=columns)
    assert got.rejected == []
    assert changes(got) == [("A", "status", "new", "open")]
    assert got.of("ticket")[0].status == "open"


def test_changes_can_be_chosen(tmp_path):
    text = (
        HEADER
        + row("A", 1, 8, "New", agent="1", text="x")
        + row("A", 2, 9, "Done", agent="2", text="y")
    )
    assert changes(load(tmp_path, text, changes=[])) == []
    assert changes(load(tmp_path, text, changes=["custom.note"])) == [("A", "note", "x", "y")]


def test_message_rows(tmp_path):
    values = {
        "Waiting": {"public": True, "author_role": "agent"},
        "New": {"public": True, "author_role": "customer", "channel": "email"},
    }
    text = (
        HEADER
        + row("A", 1, 8, "New", who="c1", text="help")
        + row("A", 2, 9, "Active")
        + row("A", 3, 10, "Waiting", who="7")
    )
    got = load(
        tmp_path,
        text,
        messages={"column": "state", "values": values, "author_id": "who", "body": "text"},
    )
    first, second = got.of("message")
    assert (first.id, first.sent_at, first.author_role, first.author_id) == (
        "A/1",
        at(8),
        "customer",
        "c1",
    )
    assert (first.body, first.channel) == ("help", "email")
    assert (second.author_role, second.public, second.body) == ("agent", True, None)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (row("", 2, 9), "column 'case' (case) is missing"),
        (row("A", "", 9), "column 'n' (order) is missing"),
        ("A,2,,Active,,,,\n", "column 'at' (time) is missing"),
        ("A,2,soon,Active,,,,\n", "'soon' is not a time"),
        (row("A", 2, 9, "Lost"), "'Lost' is not in values"),
        ("A,2,2026-05-01 09:00\n", "3 cells where the header has 8"),
    ],
)
def test_bad_rows_leave_the_rest_of_their_case(tmp_path, bad, why):
    got = load(tmp_path, HEADER + row("A", 1, 8, "New") + bad + row("A", 3, 10, "Done"))
    [refused] = got.rejected
    assert refused.startswith("log.csv line 3: ")
    assert why in refused
    assert changes(got) == [("A", "status", "new", "solved")]
    assert got.of("ticket")[0].status == "solved"
    assert [kept["line"] for kept in kept_aside(tmp_path)] == [3]


def test_a_newest_row_that_makes_no_ticket_falls_back_to_the_one_before(tmp_path):
    columns = TABLE["columns"] | {"solved_at": "text"}
    got = load(
        tmp_path,
        HEADER + row("A", 1, 8, "New") + row("A", 2, 9, "Done", text="when?"),
        columns=columns,
    )
    assert got.of("ticket")[0].source_version == "1"
    assert got.rejected[0].startswith("log.csv line 3: column 'text': 'when?' is not a time")


def test_growth_gives_only_the_cases_that_go_on_and_their_whole_history(tmp_path):
    old = (
        HEADER
        + row("A", 1, 8, "New", agent="1")
        + row("B", 1, 8, "New")
        + "bad\n"
        + row("A", 2, 9, "Active", agent="1")
    )
    new = row("A", 3, 10, "Done", agent="2") + row("C", 1, 11, "New") + "worse\n"
    whole = load(tmp_path, old + new)
    first = load(tmp_path, old)
    grown = load(tmp_path, old + new, first.cursor)
    assert sorted({r.id for r in grown.of("ticket")}) == ["A", "C"]
    assert grown.rejected == ["log.csv line 8: 1 cells where the header has 8"]
    assert [kept["line"] for kept in kept_aside(tmp_path)] == [4, 8]
    stored = {r.id: r for r in first.records} | {r.id: r for r in grown.records}
    assert stored == {r.id: r for r in whole.records}
    assert load(tmp_path, old + new, grown.cursor).records == []


def test_every_cursor_of_a_long_log_resumes_without_loss(tmp_path):
    text = HEADER + "".join(
        row(f"c{n}", k, 8 + k, s)
        for n in range(2_000)
        for k, s in enumerate(("New", "Active", "Done"))
    )
    whole = load(tmp_path, text)
    assert max(size for size, _ in whole.pages) <= 2_000
    everything = {r.id for r in whole.records}
    assert len(everything) == 3 * 2_000
    done = 0
    for size, cursor in whole.pages:
        done += size
        stored = {r.id for r in whole.records[:done]}
        assert stored | {r.id for r in load(tmp_path, text, cursor).records} == everything


def test_parquet_logs_and_numbers_as_cells(tmp_path):
    frame = {
        "case": [1, 1],
        "n": [9, 10],
        "at": [at(8), at(9)],
        "state": ["New", "Done"],
        "vip": [True, None],
    }
    pl.DataFrame(frame).write_parquet(tmp_path / "log.parquet")
    table = TABLE | {
        "path": "log.parquet",
        "actor": None,
        "columns": {
            "status": TABLE["columns"]["status"],
            "custom": {"vip": {"column": "vip", "carry": True}},
        },
    }
    got = read(files_source(tmp_path, tables=[table]))
    assert got.rejected == []
    [ticket] = got.of("ticket")
    assert (ticket.id, ticket.source_version, ticket.status, ticket.custom) == (
        "1",
        "10",
        "solved",
        {"vip": True},
    )

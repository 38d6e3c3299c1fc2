"""Each test of the KPI contract bites: one small wrong spec, and the test that must see it."""

import inspect
from typing import Any

import pytest

from deskpulse_reports.kpis.spec import Analysis, Measure, Ratio, Stock, Table
from deskpulse_reports.testing import KpiContract, row

SLOW = Measure(
    id="slow_replies",
    definition="First replies that took more than an hour, by when they were written.",
    table="tickets",
    value="count(*)",
    filter="first_reply_s > 3600",
    time="first_reply_at",
)
ROWS = {
    "tickets": [
        row(
            ticket_id=number,
            created_at="2026-01-02T09:00",
            first_reply_at=f"2026-01-02T{9 + number:02}:00",
            first_reply_s=3600.0 * number,
            channel="email",
        )
        for number in (1, 2, 3)
    ]
}
for each in ROWS["tickets"]:
    each["ticket_id"] = str(each["ticket_id"])


class Good(KpiContract):
    """Not collected as it is: its name does not begin with Test."""

    spec = SLOW
    rows = ROWS
    value = 2
    empty = 0
    unrelated = {"tickets": row(ticket_id="9", created_at="2026-01-02T09:00")}


def failures(contract: type, tmp_path, only: str = "") -> dict[str, str]:
    found = {}
    for name in sorted(dir(contract)):
        if name.startswith(f"test_{only}"):
            test = getattr(contract(), name)
            given = {}
            if "tmp_path" in inspect.signature(test).parameters:
                given["tmp_path"] = tmp_path / name
                given["tmp_path"].mkdir()
            try:
                test(**given)
            except pytest.skip.Exception:
                continue
            except (pytest.fail.Exception, Exception) as problem:
                found[name.removeprefix("test_")] = str(problem)
    return found


def of(**attributes: Any) -> type:
    return type("Contract", (Good,), attributes)


def changed(**fields: Any) -> Measure:
    return Measure(**{**SLOW.model_dump(exclude_unset=True), **fields})


SHARE = changed(value="", share="first_reply_s > 3600", filter="first_reply_s IS NOT NULL")
TYPICAL = changed(value="", each="first_reply_s", filter="")
WAITING = Stock(
    id="unanswered",
    definition="Tickets that wait for their first reply at the end of the period.",
    table="tickets",
    starts="created_at",
    ends="first_reply_at",
)
OF_ALL = Ratio(
    id="slow_of_all",
    definition="Slow first replies for every ticket that came in.",
    numerator="slow_replies",
    denominator="submissions",
)


def listed(study) -> Table:
    del study
    return Table(columns=("ticket",), rows=())


@pytest.mark.parametrize(
    "contract",
    [
        Good,
        of(spec=SHARE, value=2 / 3, empty=None),
        of(spec=TYPICAL, value=7200, empty=None),
        of(
            spec=WAITING,
            value=1,
            rows={"tickets": [*ROWS["tickets"], row(ticket_id="4", created_at="2026-01-02")]},
            unrelated="Every ticket without a reply counts.",
        ),
        of(
            spec=OF_ALL,
            parts=[SLOW],
            value=2 / 3,
            empty=None,
            unrelated="Every ticket that came in counts below the line.",
        ),
    ],
    ids=["count", "share", "each", "stock", "ratio"],
)
def test_a_correct_kpi_passes(contract, tmp_path):
    assert failures(contract, tmp_path) == {}


@pytest.mark.parametrize(
    ("attributes", "seen_by", "said"),
    [
        ({"spec": changed(definition="")}, "explains_itself", "must be a sentence"),
        (
            {"spec": changed(title="Replies that are slow", definition="Replies that are slow.")},
            "explains_itself",
            "the title again",
        ),
        ({"spec": changed(filter="first_repy_s > 3600")}, "explains_itself", "first_repy_s"),
        ({"spec": changed(filter="first_reply_s >= 3600")}, "gives_the_expected_value", "is 3"),
        ({"value": None}, "gives_the_expected_value", "must be something"),
        ({"empty": None}, "no_rows_give_no_value", "is 0; expected None"),
        (
            {
                "spec": changed(value="coalesce(avg(first_reply_s), 0)", filter=""),
                "value": 7200,
                "empty": None,
            },
            "no_rows_give_no_value",
            "Null means no data",
        ),
        (
            {
                "spec": changed(
                    filter="first_reply_s IS NULL OR first_reply_s > 3600", time="created_at"
                )
            },
            "an_unrelated_row_changes_nothing",
            "is 3 instead of 2",
        ),
        ({"unrelated": ""}, "an_unrelated_row_changes_nothing", "set unrelated"),
        (
            {"spec": changed(value="sum(first_reply_s) + 1"), "value": 18001, "empty": None},
            "parts_add_up_to_the_whole",
            "sums up to",
        ),
        ({"by": "channel"}, "parts_add_up_to_the_whole", "one part"),
        (
            {"spec": changed(value="max(first_reply_s) * count(*)"), "value": 21600, "empty": None},
            "parts_add_up_to_the_whole",
            "outside of all parts",
        ),
    ],
)
def test_a_wrong_kpi_is_seen_by(attributes, seen_by, said, tmp_path):
    found = failures(of(**attributes), tmp_path, seen_by)
    assert said in found[seen_by], found


def as_they_come(study) -> Table:
    found = study.rows("SELECT ticket_id FROM tickets WHERE first_reply_s > 3600")
    return Table(columns=("ticket",), rows=tuple(found))


def test_an_analysis_that_lists_as_rows_arrive_is_seen(tmp_path):
    unsorted = Analysis(
        id="slow_list",
        definition="The tickets whose first reply took more than an hour.",
        formula="the tickets of slow_replies",
        function=as_they_come,
    )
    found = failures(of(spec=unsorted, value=[("2",), ("3",)]), tmp_path)
    assert set(found) == {"the_order_of_rows_plays_no_part"}, found


def test_an_analysis_is_held_to_its_rows(tmp_path):
    empty = Analysis(
        id="slow_list",
        definition="The tickets whose first reply took more than an hour.",
        formula="the tickets of slow_replies",
        function=listed,
    )
    found = failures(
        of(spec=empty, value=[("2",), ("3",)], unrelated="All rows count here, yes."), tmp_path
    )
    assert "expected [('2',), ('3',)]" in found["gives_the_expected_value"]


def test_a_row_names_what_it_misspells(tmp_path):
    wrong = {"tickets": [row(ticket_id="1", created="2026-01-02")]}
    found = failures(of(rows=wrong), tmp_path, "gives_the")
    assert "no column 'created' (did you mean 'created_at'?)" in found["gives_the_expected_value"]
    (tmp_path / "table").mkdir()
    strange = {"tikets": [row(ticket_id="1")]}
    found = failures(of(rows=strange), tmp_path / "table", "gives_the")
    assert "did you mean 'tickets'?" in found["gives_the_expected_value"]

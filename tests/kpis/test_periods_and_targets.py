"""Periods that are not complete, and the share of durations that meet a target."""

from datetime import UTC, date, datetime

import pytest

from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import Desk, KpiEngine
from deskpulse_reports.kpis.targets import Targets, known
from support.marts import engine, fact, snapshot

NOW = datetime(2025, 6, 5, 12, tzinfo=UTC)
DAYS = {"every": "day", "start": date(2025, 6, 3), "end": date(2025, 6, 5)}


def replied(number, day, seconds, **more):
    return fact(ticket_id=str(number), created_at=f"2025-06-{day:02d}T08:00",
                first_reply_at=f"2025-06-{day:02d}T10:00", first_reply_s=seconds, **more)  # fmt: skip


TICKETS = [
    replied(n, 3 + n % 3, 600.0 * (n + 1), first_reply_team_id="ab"[n % 2]) for n in range(9)
]


def desk_with(tmp_path, targets=None, complete_to=None):
    catalog = Catalog(BUILTIN)
    built = Targets.build(targets or {}, known(catalog))
    desk = Desk("UTC", NOW, complete_to=complete_to)
    return KpiEngine(snapshot(tmp_path, {"tickets": TICKETS}), catalog, desk, targets=built)


def test_the_running_day_is_marked_and_not_compared(tmp_path):
    rows = engine(tmp_path, now=NOW, tickets=TICKETS).compute("submissions", **DAYS).rows
    assert [row.complete for row in rows] == [True, True, False]
    assert [row.previous for row in rows] == [None, 3, None]


def test_a_day_of_which_not_all_is_stored_is_not_complete_either(tmp_path):
    stale = datetime(2025, 6, 4, 9, tzinfo=UTC)
    rows = desk_with(tmp_path, complete_to=stale).compute("submissions", **DAYS).rows
    assert [row.complete for row in rows] == [True, False, False]
    # 9:00 of the 4th is known, so the 3rd is compared up to 9:00
    asked = DAYS | {"start": date(2025, 6, 4), "end": date(2025, 6, 4)}
    (row,) = (
        desk_with(tmp_path, complete_to=stale)
        .compute("first_reply_time", versus="previous", **asked)
        .rows
    )
    assert row.change.n == 0


def test_what_is_known_only_now_is_neither(tmp_path):
    (row,) = engine(tmp_path, now=NOW, tickets=TICKETS).compute("open_tickets").rows
    assert row.complete is None
    assert "complete" not in row.to_json(("n",), ())


def test_a_stock_is_whole_at_any_moment(tmp_path):
    spans = [
        fact(ticket_id=str(n), stage="open", unsolved=True, started_at=f"2025-06-0{3 + n}T08:00")
        for n in range(3)
    ]
    rows = engine(tmp_path, now=NOW, stages=spans).compute("backlog", **DAYS).rows
    assert [(row.value, row.previous, row.complete) for row in rows] == [
        (1, None, True), (2, 1, True), (3, 2, False)
    ]  # fmt: skip


@pytest.mark.parametrize("by", [(), ("team",)])
def test_the_share_within_the_target_stands_beside_it(tmp_path, by):
    targets = {"first_reply_time": {"goal": "40m", "team": {"b": {"goal": "1h"}}}}
    result = desk_with(tmp_path, targets).compute(
        "first_reply_time", by, start=date(2025, 6, 1), end=date(2025, 6, 4), targets=True
    )
    for row in result.rows:
        goal = 3600 if row.dims.get("team") == "b" else 2400
        own = [
            one["first_reply_s"] for one in TICKETS
            if one["first_reply_at"] < 1_749_081_600_000_000
            and row.dims.get("team") in (None, one["first_reply_team_id"])
        ]  # fmt: skip
        assert row.n == len(own)
        assert row.target.goal == goal
        assert row.target.within == pytest.approx(sum(one <= goal for one in own) / len(own))
        assert row.to_json(("n",), ("target",))["target"]["within"] == row.target.within


def test_the_share_within_counts_what_still_runs(tmp_path):
    rows = [
        fact(ticket_id="1", created_at="2025-06-05T11:00", requester_wait_s=0.0,
             running_status="open", running_at="2025-06-05T11:00"),
        fact(ticket_id="2", created_at="2025-06-05T08:00", requester_wait_s=600.0,
             running_status="solved", running_at="2025-06-05T09:00"),
    ]  # fmt: skip
    catalog = Catalog(BUILTIN)
    targets = Targets.build({"requester_wait_time": {"goal": "30m"}}, known(catalog))
    desk = KpiEngine(
        snapshot(tmp_path, {"tickets": rows}), catalog, Desk("UTC", NOW), targets=targets
    )
    (row,) = desk.compute("requester_wait_time", targets=True).rows
    assert row.target.within == 0.5


def test_a_limit_makes_a_duration_a_rate(tmp_path):
    config = {"quick": {"table": "tickets", "each": "first_reply_s", "within": 2400,
                        "time": "first_reply_at", "direction": "higher"}}  # fmt: skip
    catalog = Catalog.build(BUILTIN, config)
    rows = [*TICKETS, replied("skewed", 3, -60.0), replied("nan", 3, float("nan"))]
    desk = KpiEngine(snapshot(tmp_path, {"tickets": rows}), catalog, Desk("UTC", NOW))
    (row,) = desk.compute("quick").rows
    assert (row.value, row.n) == (pytest.approx(4 / 9), 9), "what no clock can show is in neither"
    assert catalog["quick"].unit == "ratio"
    assert desk.cases("quick").total == 9


def test_quartiles(tmp_path):
    (row,) = engine(tmp_path, now=NOW, tickets=TICKETS).compute("first_reply_time").rows
    assert (row.p25, row.median, row.p75) == (1800.0, 3000.0, 4200.0)

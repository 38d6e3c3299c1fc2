"""KPIs of SLA clocks on rows written by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from deskpulse_reports.facts.schema import SLA, TICKETS
from deskpulse_reports.kpis.builtin.analyses import ANALYSES
from deskpulse_reports.sla.clock import EMPTY
from deskpulse_reports.sla.rows import mart_rows
from support.marts import at, engine, fact

FILE = (
    Path(os.environ.get("DESKPULSE_SHARED", Path(__file__).parents[2] / "../shared"))
    / "reference/golden/aggregates.json"
)
HOUR = 3600 * 10**6
BEGUN = at("2025-06-30T09:00")


def clock(number, state, *, ended=True, hours=1, **more):
    """A clock of an hour that took `hours` and began on Monday; NOW is that night."""
    end = BEGUN + round(hours * HOUR)
    row = {
        "source": "desk",
        "ticket_id": str(number),
        "metric": "first_reply_time",
        "n": 1,
        "policy": "config/p",
        "target_s": 3600.0,
        "clock": "calendar",
        "calendar": "",
        "state": state,
        "running": state == "active" or not ended,
        "started_at": BEGUN,
        "standing_at": BEGUN if not ended else end,
        "elapsed_s": hours * 3600.0 if ended else 0.0,
        "due_at": BEGUN + HOUR if not ended and state != "paused" else None,
        "breached_at": BEGUN + HOUR if state == "breached" else None,
        "ended_at": end if ended else None,
        "reason": "",
        "history": 0,
    }
    return row | more


def desk(tmp_path, clocks, **tickets):
    """An engine over the clocks as the mart has them."""
    frame = pl.DataFrame(clocks, schema=dict(EMPTY.schema))
    keys = frame.select("source", "ticket_id").unique(maintain_order=True).rows()
    known = [fact(source=source, ticket_id=key, **tickets) for source, key in keys]
    of = pl.DataFrame([dict.fromkeys(TICKETS) | row for row in known], schema=dict(TICKETS))
    rows = mart_rows(frame, of)
    assert dict(rows.schema) == dict(SLA)
    return engine(tmp_path, specs=ANALYSES, sla=rows.to_dicts())


def value(engine_, kpi, **asked):
    (row,) = engine_.compute(kpi, **asked).rows
    return row.value


def case_clocks(given):
    """As many clocks of each state as the case says; one that broke still waits for its reply."""
    late = {"due_at": at("2025-07-02T09:00")}
    made = [("achieved", given["achieved"], {}), ("breached", given["breached"], {"hours": 2}),
            ("active", given["active"], {"ended": False} | late),
            ("active", given["active_breached"], {"ended": False}),
            ("cancelled", given["cancelled"], {})]  # fmt: skip
    states = [(state, more) for state, count, more in made for _ in range(count)]
    return [clock(number, state, **more) for number, (state, more) in enumerate(states)]


@pytest.mark.skipif(not FILE.exists(), reason="needs the outside data folder (DESKPULSE_SHARED)")
def test_attainment_as_published(tmp_path):
    case = next(one for one in json.loads(FILE.read_text()) if one["id"] == "A11")
    found = value(desk(tmp_path, case_clocks(case["input"])), "sla_attainment")
    assert found * 100 == pytest.approx(case["expect"]["attainment_pct"], abs=1e-4)


def test_what_is_decided_and_what_is_not(tmp_path):
    tonight = {"due_at": at("2025-07-01T00:00")}  # NOW itself: not over it yet
    clocks = [
        clock(1, "achieved"),
        clock(2, "breached", hours=3),
        clock(3, "breached", ended=False),
        clock(4, "active", ended=False),
        clock(5, "active", ended=False, **tonight),
        clock(6, "paused", ended=False),
        clock(7, "cancelled"),
        clock(8, "not_started", ended=False, started_at=None, due_at=None, running=False),
    ]
    made = desk(tmp_path, clocks)
    row = made.compute("sla_attainment").rows[0]
    assert (row.value, row.n) == (0.25, 4)
    assert value(made, "sla_breaches") == 3
    assert value(made, "sla_overrun") == 7200.0
    assert value(made, "sla_time_to_breach") == 3600.0
    assert value(made, "sla_open") == 4
    table = made.analyse("sla_time_left")
    assert {row[0]: row[1] for row in table.rows} == {
        "broken": 2, "within 1 h": 1, "1 to 4 h": 0, "4 to 8 h": 0, "8 to 24 h": 0, "later": 0,
        "paused": 1,
    }  # fmt: skip


def test_a_breach_counts_on_the_day_it_happened(tmp_path):
    clocks = [clock(1, "breached", hours=30)]
    made = desk(tmp_path, clocks)
    found = {row.bucket: row.value for row in made.compute("sla_breaches", every="day").rows}
    assert found == {"2025-06-30": 1}  # the answer came a day later


def test_by_ticket_one_miss_is_a_miss(tmp_path):
    clocks = [
        clock(1, "achieved"),
        clock(1, "breached", metric="next_reply_time"),
        clock(1, "achieved", metric="next_reply_time", n=2),
        clock(2, "achieved"),
        clock(2, "achieved", source="other"),
        clock(3, "cancelled"),
    ]
    made = desk(tmp_path, clocks)
    assert value(made, "sla_ticket_attainment") == pytest.approx(2 / 3)
    assert value(made, "sla_tickets") == 3
    assert value(made, "sla_tickets_kept") == 2


@pytest.mark.parametrize(
    "by", ["metric", "policy", "team", "agent", "priority", "source", "channel"]
)
def test_every_dimension(tmp_path, by):
    column = {"team": "team_id", "agent": "agent_id"}.get(by, by)
    clocks = [
        clock(1, "achieved"),
        clock(2, "breached", **{} if by == "channel" else {column: "x"}),
    ]
    rows = desk(tmp_path, clocks, channel="email").compute("sla_attainment", [by]).rows
    found = {row.dims[by]: row.value for row in rows}
    assert found == {"email": 0.5} if by == "channel" else found["x"] == 0.0


def test_removed_tickets_are_out(tmp_path):
    made = desk(tmp_path, [clock(1, "breached")], counted=False)
    assert value(made, "sla_breaches") == 0

"""The published aggregate cases of calls, scores and repeat contacts."""

import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from support.marts import engine, fact

FILE = (
    Path(os.environ.get("DESKPULSE_SHARED", Path(__file__).parents[2] / "../shared"))
    / "reference/golden/aggregates.json"
)
pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason="needs the outside data folder (DESKPULSE_SHARED)"
)


def case(name):
    one = next(one for one in json.loads(FILE.read_text()) if one["id"] == name)
    return one["input"], one["expect"]


def the_row(result):
    (row,) = result.rows
    return row


def surveys(kind, scores, low, high):
    return [
        fact(survey_id=str(number), survey=kind, scale_min=low, scale_max=high,
             score=None if score is None else float(score),
             points=None if score is None else float(score), sent_at="2025-06-02T09:00",
             answered_at=None if score is None else "2025-06-02T10:00")
        for number, score in enumerate(scores)
    ]  # fmt: skip


def calls(outcome, count, wait, first=0):
    return [
        fact(interaction_id=f"{outcome}{first}-{number}", channel="voice", direction="inbound",
             outcome=outcome, wait_s=wait, in_hours=True, started_at="2025-06-02T10:00")
        for number in range(count)
    ]  # fmt: skip


def test_the_mean_beside_the_top_two(tmp_path):
    given, expect = case("A02")
    desk = engine(tmp_path, surveys=surveys("csat", given["ratings"], 1.0, 5.0))
    mean, top = the_row(desk.compute("csat_score")), the_row(desk.compute("csat_top2"))
    assert mean.value == pytest.approx(expect["mean"], abs=1e-4)
    assert top.value * 100 == pytest.approx(expect["csat_pct"], abs=1e-4)
    assert mean.n == top.n == expect["responses"]


def test_nps(tmp_path):
    given, expect = case("A04")
    row = the_row(
        engine(tmp_path, surveys=surveys("nps", given["scores"], 0.0, 10.0)).compute("nps")
    )
    assert (row.value, row.n) == (expect["nps"], len(given["scores"]))


def test_the_five_service_levels_and_the_abandon_rates(tmp_path):
    given, expect = case("A06")
    short, in_time = given["abandoned_le_5s"], given["abandoned_le_20s"]
    late = given["answered"] - given["answered_le_20s"]
    desk = engine(
        tmp_path,
        interactions=[
            *calls("answered", given["answered_le_20s"], 20.0, 0),
            *calls("answered", late, 21.0, 1),
            *calls("abandoned", short, 5.0, 2),
            *calls("abandoned", in_time - short, 20.0, 3),
            *calls("abandoned", given["abandoned_gt_20s"], 21.0, 4),
        ],
    )
    kpis = {
        "abandon_positive_pct": "service_level_positive",
        "answered_only_pct": "service_level_answered",
        "abandon_negative_pct": "service_level_negative",
        "short_ignored_pct": "service_level_ignore",
        "le5s_positive_pct": "service_level_short_positive",
        "abandon_rate_all_pct": "abandon_rate",
        "abandon_rate_excl_le5s_pct": "abandon_rate_patient",
    }
    found = {name: the_row(desk.compute(kpi)).value * 100 for name, kpi in kpis.items()}
    assert found == pytest.approx(expect, abs=1e-4)


def test_average_handle_time(tmp_path):
    given, expect = case("A08")
    handled = sum(given.values())
    row = fact(interaction_id="1", channel="voice", outcome="answered", handle_s=float(handled),
               started_at="2025-06-02T10:00")  # fmt: skip
    assert the_row(engine(tmp_path, interactions=[row]).compute("aht")).value == expect["aht_s"]


def test_occupancy(tmp_path):
    given, expect = case("A09")
    busy = given["contact_s"] + given["acw_s"]
    desk = engine(
        tmp_path,
        interactions=[
            fact(interaction_id="1", channel="voice", outcome="answered", handle_s=float(busy),
                 started_at="2025-06-02T10:00")
        ],
        measurements=[
            fact(measurement_id="1", name="available_hours", day_at="2025-06-02T00:00",
                 value=(busy + given["idle_s"]) / 3600)
        ],
    )  # fmt: skip
    assert the_row(desk.compute("occupancy")).value * 100 == pytest.approx(expect["occupancy_pct"])


def test_repeat_contacts_and_the_pending_one(tmp_path):
    given, expect = case("A14")
    times = [text.removesuffix("Z") for text in given["customer_contacts"]]
    rows = [
        fact(ticket_id=str(number), customer_id="a", created_at=time, next_contact_at=following)
        for number, (time, following) in enumerate(zip(times, [*times[1:], None], strict=True))
    ]
    now = datetime.fromisoformat(given["now"])
    desk = engine(tmp_path, now=now, tickets=rows)
    repeated, resolved = (
        the_row(desk.compute(kpi)) for kpi in ("repeat_contact_rate", "fcr_no_repeat_contact")
    )
    assert resolved.value * 100 == pytest.approx(expect["fcr_pct"], abs=1e-4)
    assert resolved.n == repeated.n == len(times) - expect["pending"]
    assert repeated.value * repeated.n == sum(expect["repeat"])

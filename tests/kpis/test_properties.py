"""What must hold for every KPI whatever the data."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.spec import Stock
from support.marts import engine, fact, spans

ZONE = "America/New_York"
COUNTS = [spec.id for spec in BUILTIN if spec.unit == "count"]
OTHERS = [spec.id for spec in BUILTIN if spec.unit != "count"]
FLOWS = [spec.id for spec in BUILTIN if not isinstance(spec, Stock)]


def tables(seed, size=80):
    """Facts that are shaped like derived ones, but for nothing in particular."""
    dice = random.Random(seed)
    found = {"tickets": [], "replies": [], "stages": [], "surveys": []}
    for number in range(size):
        at = datetime(2025, 2, 20, tzinfo=UTC) + timedelta(minutes=dice.randrange(60 * 24 * 30))
        later = [at + timedelta(seconds=dice.randrange(200_000)) for _ in range(4)]
        later.sort()
        stamp = [f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in (at, *later)]
        common = {
            "ticket_id": str(number),
            "channel": dice.choice(["email", "chat", None]),
            "team_id": dice.choice(["a", "b", None]),
            "counted": dice.random() < 0.9,
        }
        seconds = [(moment - at).total_seconds() for moment in later]
        done, replied = dice.random() < 0.7, dice.random() < 0.8
        resolved = {"resolved_at": stamp[2]} if done else {}
        found["tickets"].append(
            fact(**common, **resolved, created_at=stamp[0], status="solved" if done else "open",
                 first_reply_at=stamp[1] if replied else None,
                 first_reply_s=seconds[0] if replied else None,
                 first_reply_team_id=common["team_id"], resolved_team_id=common["team_id"],
                 first_resolved_at=stamp[2] if done else None,
                 first_resolution_s=seconds[1] if done else None,
                 full_resolution_s=seconds[1] if done else None,
                 requester_wait_s=seconds[0], running_status="solved" if done else "open",
                 running_at=stamp[2], agent_replies=dice.randrange(4), reopens=dice.randrange(2),
                 touch=dice.choice(["zero", "one", "two", "multi"]) if done else None,
                 waiting_since=stamp[0] if not replied else None)
        )  # fmt: skip
        found["stages"] += spans(
            fact(**common, **resolved, stage="new", started_at=stamp[0], ended_at=stamp[1],
                 total_s=seconds[0]),
            fact(**common, **resolved, stage="solved" if done else "open", started_at=stamp[1],
                 total_s=60.0),
        )  # fmt: skip
        found["replies"].append(
            fact(**common, started_at=stamp[1], ended_at=stamp[2], s=seconds[1] - seconds[0])
        )
        found["surveys"].append(
            fact(**common, survey_id=str(number), survey="csat", sent_at=stamp[3],
                 answered_at=stamp[4] if done else None, good=dice.random() < 0.8 if done else None)
        )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = engine(tmp_path_factory.mktemp("mart"), ZONE, **tables(1))
    yield opened
    opened.close()


@pytest.mark.parametrize("kpi", COUNTS)
@pytest.mark.parametrize("dimension", ["channel", "team"])
def test_the_parts_of_a_count_add_up(desk, kpi, dimension):
    (total,) = desk.compute(kpi).rows
    parts = desk.compute(kpi, [dimension]).rows
    assert total.value > 0
    assert sum(row.value for row in parts) == total.value


@pytest.mark.parametrize("kpi", FLOWS)
@pytest.mark.parametrize("every", ["hour", "day", "week", "month"])
def test_the_buckets_of_a_flow_add_up(desk, kpi, every):
    (total,) = desk.compute(kpi).rows
    rows = desk.compute(kpi, every=every).rows
    assert total.n > 0
    assert sum(row.n for row in rows) == total.n


@pytest.mark.parametrize("kpi", OTHERS)
def test_the_n_of_the_parts_add_up_and_the_whole_lies_between_them(desk, kpi):
    (total,) = desk.compute(kpi).rows
    parts = [row for row in desk.compute(kpi, ["channel"]).rows if row.n]
    assert sum(row.n for row in parts) == total.n
    figures = [row.value if row.mean is None else row.mean for row in parts]
    whole = total.value if total.mean is None else total.mean
    assert min(figures) <= whole <= max(figures)


@pytest.mark.parametrize("kpi", [*FLOWS, "backlog"])
def test_a_bucket_asked_for_alone_says_the_same(desk, kpi):
    rows = desk.compute(kpi, every="day").rows
    busiest = max(rows, key=lambda row: row.n)
    day = datetime.fromisoformat(busiest.bucket).date()
    (alone,) = desk.compute(kpi, start=day, end=day).rows
    assert alone.n > 0
    for name in ("value", "n", "mean", "median", "p90", "low", "high", "previous"):
        assert getattr(alone, name) == pytest.approx(getattr(busiest, name)), name


@pytest.mark.parametrize("seed", [2, 3])
def test_the_order_of_rows_does_not_matter(tmp_path, seed):
    rows = tables(seed)
    shuffled = {name: random.Random(seed).sample(own, len(own)) for name, own in rows.items()}
    answers = []
    for name, facts in (("a", rows), ("b", shuffled)):
        (tmp_path / name).mkdir()
        desk = engine(tmp_path / name, ZONE, **facts)
        answers.append([desk.compute(spec.id, ["channel"]) for spec in BUILTIN])
    for one, other in zip(*answers, strict=True):
        assert len(one.rows) == len(other.rows)
        for row, twin in zip(one.rows, other.rows, strict=True):
            assert (row.dims, row.n) == (twin.dims, twin.n)
            assert row.value == pytest.approx(twin.value, nan_ok=False)


def test_tickets_that_do_not_count_change_nothing(tmp_path, desk):
    rows = tables(1)
    for name, own in tables(9).items():
        rows[name] += [row | {"ticket_id": f"x{row['ticket_id']}", "counted": False} for row in own]
    crowded = engine(tmp_path, ZONE, **rows)
    for spec in BUILTIN:
        if getattr(spec, "include_removed", False):
            continue  # backlog and its flows count a ticket until it went
        assert crowded.compute(spec.id, ["team"]).rows == desk.compute(spec.id, ["team"]).rows
    crowded.close()

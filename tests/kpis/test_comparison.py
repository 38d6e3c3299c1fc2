"""A change against another period: how large, and is it noise?"""

from datetime import UTC, date, datetime, timedelta

import pytest

from deskpulse.errors import ConfigError
from support.marts import engine, fact


def created(day, number, **fields):
    """`number` tickets on a day, one a minute from noon UTC."""
    noon = datetime.fromisoformat(day) + timedelta(hours=12)
    return [
        fact(
            ticket_id=f"{day}-{minute}-{fields.get('team_id')}",
            created_at=f"{noon + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%S}",
            **fields,
        )
        for minute in range(number)
    ]


def replied(day, seconds):
    return [
        row | fact(first_reply_at=f"{day}T13:00", first_reply_s=float(s))
        for row, s in zip(created(day, len(seconds)), seconds, strict=True)
    ]


def one_change(desk, kpi, day, versus, **asked):
    (row,) = desk.compute(
        kpi, start=date.fromisoformat(day), end=date.fromisoformat(day), versus=versus, **asked
    ).rows
    return row


@pytest.mark.parametrize(
    ("versus", "other"),
    [("previous", "2025-06-10"), ("weekday", "2025-06-04"), ("year", "2024-06-12")],
)
@pytest.mark.parametrize("every", [None, "day"])
def test_a_day_is_compared_with_the_day_meant(tmp_path, versus, other, every):
    if (versus, every) == ("year", None):
        other = "2024-06-11"  # without buckets, the same date
    if (versus, every) == ("year", "day"):
        other = "2024-06-12"  # 52 weeks before, also a Wednesday
    others = {"2025-06-10": 40, "2025-06-04": 50, "2024-06-12": 60, "2024-06-11": 70}
    rows = [row for day, number in others.items() for row in created(day, number)]
    desk = engine(tmp_path, tickets=rows + created("2025-06-11", 80))
    row = one_change(desk, "submissions", "2025-06-11", versus, every=every)
    change = row.change
    assert row.complete is True
    assert (change.start, change.end) == (date.fromisoformat(other),) * 2
    assert (change.before, change.n) == (others[other], others[other])
    assert change.absolute == 80 - others[other]
    assert change.percent == pytest.approx(100 * (80 - others[other]) / others[other])
    desk.close()


def test_a_small_change_is_noise_and_a_large_one_is_not(tmp_path):
    rows = created("2025-06-09", 100) + created("2025-06-10", 110) + created("2025-06-11", 220)
    desk = engine(tmp_path, tickets=rows)
    asked = {"every": "day", "start": date(2025, 6, 10), "end": date(2025, 6, 11)}
    small, large = (
        row.change for row in desk.compute("submissions", versus="previous", **asked).rows
    )
    assert (small.verdict, large.verdict) == ("noise", "more")
    assert "within the noise" in small.words
    assert large.low > 1
    assert large.scale == "ratio"


def test_counts_that_come_in_bunches_need_a_larger_change(tmp_path):
    start = date(2025, 4, 1)
    steady = [(start + timedelta(days=n), 100) for n in range(70)]
    wild = [(start + timedelta(days=n), 40 if n // 7 % 2 else 160) for n in range(70)]
    verdicts = []
    for name, history in (("steady", steady), ("wild", wild)):
        rows = [row for day, number in history for row in created(f"{day}", number)]
        rows += created("2025-06-10", 100) + created("2025-06-11", 150)
        (tmp_path / name).mkdir()
        desk = engine(tmp_path / name, tickets=rows)
        verdicts.append(one_change(desk, "submissions", "2025-06-11", "previous").change.verdict)
    assert verdicts == ["more", "noise"]


def test_medians_are_compared_by_their_intervals(tmp_path):
    before, alike, slower = (
        [base + step for step in range(0, 600, 20)] for base in (600, 640, 3600)
    )
    desk = engine(
        tmp_path,
        tickets=replied("2025-06-09", before)
        + replied("2025-06-10", alike)
        + replied("2025-06-11", slower),
    )
    asked = {"every": "day", "start": date(2025, 6, 9), "end": date(2025, 6, 11)}
    rows = desk.compute("first_reply_time", versus="previous", **asked).rows
    first, second, third = (row.change for row in rows)
    assert first is None  # nothing is known before the first day
    assert (second.verdict, second.absolute, second.n) == ("noise", 40, 30)
    assert (third.verdict, third.before) == ("more", second.before + second.absolute)
    assert third.low < third.absolute < third.high
    plain = desk.compute("first_reply_time", **asked).rows
    assert [(row.value, row.p90) for row in plain] == [(row.value, row.p90) for row in rows]


def test_rates_are_compared_by_newcombes_interval_and_percent_needs_a_sample(tmp_path):
    def solved(day, good, bad):
        return [
            row | fact(resolved_at=f"{day}T14:00", agent_replies=replies, touch=touch)
            for row, (replies, touch) in zip(
                created(day, good + bad), [(1, "one")] * good + [(3, "multi")] * bad, strict=True
            )
        ]

    desk = engine(
        tmp_path,
        tickets=solved("2025-06-09", 5, 5) + solved("2025-06-10", 50, 50)
        + solved("2025-06-11", 80, 20),
    )  # fmt: skip
    asked = {"every": "day", "start": date(2025, 6, 10), "end": date(2025, 6, 11)}
    thin, thick = (row.change for row in desk.compute("fcr_rate", versus="previous", **asked).rows)
    assert (thin.verdict, thin.percent, thin.n) == ("noise", None, 10)
    assert (thick.verdict, thick.absolute) == ("more", pytest.approx(0.3))
    assert thick.percent == pytest.approx(60)


def test_a_stock_has_a_change_but_no_verdict(tmp_path):
    span = {"stage": "open", "unsolved": True, "enters": True}
    desk = engine(
        tmp_path,
        stages=[
            fact(ticket_id=f"{n}", started_at=f"2025-06-0{n}T08:00", **span) for n in (1, 2, 3)
        ],
    )
    row = one_change(desk, "backlog", "2025-06-03", "previous")
    assert (row.change.before, row.change.absolute, row.change.verdict) == (2, 1, None)
    assert row.change.words == "up 1"


def test_a_day_that_is_not_over_is_compared_up_to_the_same_time(tmp_path):
    rows = created("2025-06-10", 240) + created("2025-06-11", 60)
    now = datetime(2025, 6, 11, 13, tzinfo=UTC)
    desk = engine(tmp_path, now=now, tickets=rows)
    for every in (None, "day"):
        row = one_change(desk, "submissions", "2025-06-11", "previous", every=every)
        assert row.complete is False
        assert (row.change.before, row.change.verdict) == (60, "noise")
    assert row.previous is None  # a part is not compared with a whole


@pytest.mark.parametrize("every", [None, "month"])
def test_half_a_month_is_compared_with_half_a_month(tmp_path, every):
    days = [date(2025, 5, 1) + timedelta(days=n) for n in range(41)]
    rows = [row for day in days for row in created(f"{day}", 2)]
    desk = engine(tmp_path, now=datetime(2025, 6, 10, 23, 59, tzinfo=UTC), tickets=rows)
    month = {"start": date(2025, 6, 1), "end": date(2025, 6, 30)}
    (row,) = desk.compute("submissions", every=every, versus="previous", **month).rows
    assert (row.value, row.complete) == (20, False)
    assert row.change.before == 20
    assert row.change.end == (date(2025, 5, 11) if every is None else date(2025, 5, 10))


def test_the_future_is_compared_with_nothing(tmp_path):
    desk = engine(
        tmp_path, now=datetime(2025, 6, 11, 13, tzinfo=UTC), tickets=created("2025-06-10", 30)
    )
    window = {"start": date(2025, 6, 11), "end": date(2025, 6, 12)}
    today, tomorrow = desk.compute("submissions", every="day", versus="previous", **window).rows
    assert today.change.before == 30
    assert (tomorrow.complete, tomorrow.change) == (False, None)


def test_a_dst_day_is_compared_by_local_days(tmp_path):
    zone = "Europe/Berlin"  # clocks go forward on 30 March 2025
    before = [fact(ticket_id=f"a{n}", created_at=f"2025-03-29T{n:02d}:30") for n in range(23)]
    after = [fact(ticket_id=f"b{n}", created_at=f"2025-03-30T{n:02d}:30") for n in range(22)]
    desk = engine(tmp_path, zone, tickets=before + after)
    row = one_change(desk, "submissions", "2025-03-30", "previous")
    assert (row.value, row.change.before) == (22, 23)


def test_a_team_that_fell_silent_is_shown(tmp_path):
    rows = created("2025-06-10", 30, team_id="a") + created("2025-06-11", 30, team_id="b")
    desk = engine(tmp_path, tickets=rows)
    day = {"start": date(2025, 6, 11), "end": date(2025, 6, 11)}
    found = {
        row.dims["team"]: (row.value, row.change.before)
        for row in desk.compute("submissions", ["team"], versus="previous", **day).rows
    }
    assert found == {"a": (0, 30), "b": (30, 0)}


def test_the_json_has_the_change_only_if_asked(tmp_path):
    desk = engine(tmp_path, tickets=created("2025-06-10", 30) + created("2025-06-11", 90))
    day = {"start": date(2025, 6, 11), "end": date(2025, 6, 11)}
    (plain,) = desk.compute("submissions", **day).to_json()["rows"]
    assert set(plain) == {"bucket", "dims", "value", "n", "previous", "complete"}
    (asked,) = desk.compute("submissions", versus="weekday", **day).to_json()["rows"]
    assert asked["complete"] is True
    assert asked["change"] is None  # nothing is known a week before
    (asked,) = desk.compute("submissions", versus="previous", **day).to_json()["rows"]
    assert asked["change"] == {
        "versus": "previous",
        "from": "2025-06-10",
        "to": "2025-06-10",
        "n": 30,
        "before": 30,
        "absolute": 60,
        "percent": 200.0,
        "low": pytest.approx(2, abs=0.1),
        "high": pytest.approx(4.5, abs=0.1),
        "scale": "ratio",
        "verdict": "more",
        "words": asked["change"]["words"],
    }


def test_months_have_no_weekday(tmp_path):
    desk = engine(tmp_path, tickets=created("2025-06-10", 3))
    with pytest.raises(ConfigError, match="no weekday"):
        desk.compute("submissions", every="month", versus="weekday")


def test_a_kpi_of_the_present_has_no_change(tmp_path):
    desk = engine(tmp_path, tickets=created("2025-06-10", 3, status="open"))
    (row,) = desk.compute("open_tickets", versus="previous").rows
    assert (row.value, row.change) == (3, None)


def test_a_month_stands_beside_its_own_history(tmp_path):
    months = [(f"2024-{month:02d}-05", 10 + month) for month in range(1, 13)]
    rows = [row for day, number in [*months, ("2025-01-05", 40)] for row in created(day, number)]
    desk = engine(tmp_path, tickets=rows)
    window = {"start": date(2025, 1, 1), "end": date(2025, 1, 31)}
    (row,) = desk.compute("submissions", every="month", benchmark=True, **window).rows
    band = row.benchmark
    assert (band.n, band.median, band.place) == (11, 17, "above")  # January 2024 was not whole
    assert (
        "benchmark"
        in desk.compute("submissions", every="month", benchmark=True, **window).to_json()["rows"][0]
    )


def test_a_day_stands_beside_its_weekday(tmp_path):
    wednesdays = [date(2025, 6, 11) - timedelta(weeks=n) for n in range(1, 6)]
    rows = [row for day in wednesdays for row in created(f"{day}", 20)]
    desk = engine(tmp_path, tickets=rows + created("2025-06-10", 99) + created("2025-06-11", 21))
    band = (
        desk.compute(
            "submissions",
            every="day",
            start=date(2025, 6, 11),
            end=date(2025, 6, 11),
            benchmark=True,
        )
        .rows[0]
        .benchmark
    )
    assert (band.n, band.p25, band.p75, band.place) == (5, 20, 20, "above")


def test_a_benchmark_needs_periods(tmp_path):
    desk = engine(tmp_path, tickets=created("2025-06-10", 3))
    with pytest.raises(ConfigError, match="days, weeks or months"):
        desk.compute("submissions", benchmark=True)

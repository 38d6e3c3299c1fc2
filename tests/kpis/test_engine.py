"""Questions to the engine: windows, previous periods, names, ratios, custom columns, JSON."""

from datetime import UTC, date, datetime

import pytest

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.spec import Analysis, Measure, Ratio, Stock, Table
from deskpulse_reports.kpis.tables import OUTSIDE
from support.marts import engine, fact, spans


def created(*days, **more):
    return [
        fact(ticket_id=f"{n}-{day}", created_at=f"{day}T09:00", **more)
        for n, day in enumerate(days)
    ]


def figures(result, *names):
    return [tuple(getattr(row, name) for name in names) for row in result.rows]


def test_the_json_is_the_interface(tmp_path):
    ticket = fact(ticket_id="1", created_at="2025-06-02T09:00", first_reply_at="2025-06-02T10:00",
                  first_reply_s=3600.0, priority="high")  # fmt: skip
    desk = engine(tmp_path, "Europe/Berlin", tickets=[ticket])
    assert desk.compute("first_reply_time", ["priority"], every="day").to_json() == {
        "kpi": "first_reply_time",
        "title": "First reply time",
        "unit": "seconds",
        "clock": "calendar",
        "time_basis": "first reply",
        "attribution": "event",
        "zone": "Europe/Berlin",
        "from": "2025-06-02",
        "to": "2025-06-02",
        "rows": [
            {
                "bucket": "2025-06-02",
                "dims": {"priority": "high"},
                "value": 3600.0,
                "n": 1,
                "mean": 3600.0,
                "median": 3600.0,
                "p25": 3600.0,
                "p75": 3600.0,
                "p90": 3600.0,
                "previous": None,
                "complete": True,
            }
        ],
    }
    count = desk.compute("submissions", compare=False).to_json()
    assert "clock" not in count
    assert count["rows"] == [{"bucket": None, "dims": {}, "value": 1, "n": 1, "complete": True}]
    rate = desk.compute("one_touch_rate").to_json()["rows"]
    assert list(rate[0]) == ["bucket", "dims", "value", "n", "low", "high", "previous", "complete"]


def test_an_empty_mart_answers_every_kpi(tmp_path):
    desk = engine(tmp_path)
    for spec in BUILTIN:
        (row,) = desk.compute(spec.id).rows
        assert row.n == 0
        tickets = not isinstance(spec, Ratio) and spec.table not in OUTSIDE
        assert row.value == (0 if spec.unit == "count" and tickets else None), spec.id
        if "channel" in desk.dimensions(spec.id):
            assert desk.compute(spec.id, ["channel"]).rows == ()
        assert desk.compute(spec.id).first == date(2025, 7, 1)


def test_a_window_before_any_data(tmp_path):
    desk = engine(tmp_path, tickets=created("2025-06-02"))
    june_2024 = {"start": date(2024, 6, 1), "end": date(2024, 6, 2)}
    assert figures(desk.compute("submissions", every="day", **june_2024), "value", "previous") == [
        (0, None),
        (0, None),
    ]
    assert figures(desk.compute("first_reply_time", **june_2024), "value", "n") == [(None, 0)]
    assert figures(desk.compute("submissions", end=date(2024, 6, 2)), "value") == [(0,)]


def test_one_side_of_the_window_may_stay_open(tmp_path):
    desk = engine(tmp_path, tickets=created("2025-06-02", "2025-06-05", "2025-06-09"))
    later = desk.compute("submissions", start=date(2025, 6, 3))
    assert (later.first, later.last) == (date(2025, 6, 3), date(2025, 6, 9))
    assert figures(later, "value") == [(2,)]
    earlier = desk.compute("submissions", end=date(2025, 6, 5))
    assert (earlier.first, earlier.last) == (date(2025, 6, 2), date(2025, 6, 5))


def test_previous_is_the_equally_long_period_before(tmp_path):
    desk = engine(tmp_path, tickets=created(*["2025-06-01"] * 5, *["2025-06-04"] * 2, "2025-06-06"))
    result = desk.compute("submissions", start=date(2025, 6, 4), end=date(2025, 6, 6))
    assert figures(result, "value", "previous") == [(3, 5)]


def test_previous_of_a_bucket_is_the_whole_bucket_before(tmp_path):
    desk = engine(tmp_path, tickets=created(*["2025-05-01"] * 3, "2025-05-31", *["2025-06-15"] * 2))
    result = desk.compute(
        "submissions", every="month", start=date(2025, 6, 10), end=date(2025, 7, 1)
    )
    assert figures(result, "bucket", "value", "previous") == [
        ("2025-06-01", 2, None),  # cut by the window: a part is not compared with a whole
        ("2025-07-01", 0, None),
    ]
    whole = desk.compute(
        "submissions", every="month", start=date(2025, 6, 1), end=date(2025, 6, 30)
    )
    assert figures(whole, "bucket", "value", "previous") == [("2025-06-01", 2, 4)]


def test_days_before_the_window_stay_out_of_its_first_bucket(tmp_path):
    desk = engine(tmp_path, tickets=created("2025-06-02", "2025-06-03", "2025-06-04"))
    result = desk.compute("submissions", every="week", start=date(2025, 6, 4), end=date(2025, 6, 8))
    assert figures(result, "bucket", "value", "previous") == [("2025-06-02", 1, None)]


def test_previous_of_a_rate_and_of_a_duration(tmp_path):
    tickets = [
        fact(ticket_id="1", created_at="2025-06-01T09:00", resolved_at="2025-06-01T10:00",
             touch="one", full_resolution_s=60.0),
        fact(ticket_id="2", created_at="2025-06-02T09:00", resolved_at="2025-06-02T10:00",
             touch="two", full_resolution_s=120.0),
    ]  # fmt: skip
    desk = engine(tmp_path, tickets=tickets)
    day = {"start": date(2025, 6, 2), "end": date(2025, 6, 2)}
    assert figures(desk.compute("one_touch_rate", **day), "value", "previous") == [(0.0, 1.0)]
    assert figures(desk.compute("full_resolution_time", **day), "value", "previous") == [(120, 60)]


def test_who_was_there_before_and_is_gone_now_still_has_a_row(tmp_path):
    tickets = created("2025-06-01", channel="chat") + created("2025-06-02", channel="email")
    desk = engine(tmp_path, tickets=tickets)
    day = {"start": date(2025, 6, 2), "end": date(2025, 6, 2)}
    rows = desk.compute("submissions", ["channel"], **day).rows
    assert {row.dims["channel"]: (row.value, row.previous) for row in rows} == {
        "chat": (0, 1),
        "email": (1, 0),
    }
    alone = desk.compute("submissions", ["channel"], compare=False, **day).rows
    assert [row.dims["channel"] for row in alone] == ["email"]


def test_the_hour_before_a_skipped_hour_is_the_one_that_clocks_showed(tmp_path):
    stages = spans(fact(ticket_id="1", stage="new", started_at="2025-03-29T09:00"))
    desk = engine(tmp_path, "Europe/Berlin", stages=stages)
    day = {"start": date(2025, 3, 30), "end": date(2025, 3, 30)}
    rows = {row.bucket: row.previous for row in desk.compute("backlog", every="hour", **day).rows}
    assert len(rows) == 23
    assert rows["2025-03-30T03:00"] == 1


def test_days_of_23_and_25_hours(tmp_path):
    instants = ["2025-03-29T22:59", "2025-03-29T23:00", "2025-03-30T21:59", "2025-03-30T22:00",
                "2025-10-25T22:00", "2025-10-26T22:59", "2025-10-26T23:00"]  # fmt: skip
    tickets = [fact(ticket_id=str(n), created_at=moment) for n, moment in enumerate(instants)]
    desk = engine(tmp_path, "Europe/Berlin", tickets=tickets)
    spring = desk.compute(
        "submissions", every="day", start=date(2025, 3, 29), end=date(2025, 3, 31)
    )
    assert figures(spring, "value") == [(1,), (2,), (1,)]
    autumn = desk.compute(
        "submissions", every="day", start=date(2025, 10, 26), end=date(2025, 10, 27)
    )
    assert figures(autumn, "value") == [(2,), (1,)]


def test_times_in_absurd_years_neither_crash_nor_fill_the_memory(tmp_path):
    tickets = created("1969-12-31", "2025-06-02", "9999-12-31")
    desk = engine(tmp_path, "Asia/Tokyo", tickets=tickets)
    assert figures(desk.compute("submissions"), "value") == [(3,)]
    assert figures(desk.compute("submissions", every="day"), "bucket", "value") == [
        ("1969-12-31", 1),
        ("2025-06-02", 1),
        ("9999-12-31", 1),
    ]


def test_unknown_names_get_the_nearest_one(tmp_path):
    desk = engine(tmp_path, tickets=created("2025-06-02"))
    with pytest.raises(ConfigError, match=r"no KPI 'first_replytime'.*'first_reply_time'"):
        desk.compute("first_replytime")
    with pytest.raises(ConfigError, match=r"no dimension 'chanel'.*'channel'"):
        desk.compute("submissions", ["chanel"])
    with pytest.raises(ConfigError, match="no dimension 'weekday'"):
        desk.compute("backlog", ["weekday"])
    with pytest.raises(ConfigError, match="named twice"):
        desk.compute("submissions", ["team", "team"])
    with pytest.raises(ConfigError, match=r"every = 'days'.*'day'"):
        desk.compute("submissions", every="days")
    with pytest.raises(ConfigError, match=r"clock = 'busines'.*'business'"):
        desk.compute("submissions", clock="busines")
    with pytest.raises(ConfigError, match="attribution = 'x': allowed are created, event"):
        desk.compute("submissions", attribution="x")
    with pytest.raises(ConfigError, match="2025-06-03 comes after to 2025-06-02"):
        desk.compute("submissions", start=date(2025, 6, 3), end=date(2025, 6, 2))
    for name in ("Europe/Berln", "europe/berlin ", "", "../../etc/passwd", "x" * 300):
        with pytest.raises(ConfigError, match="no time zone"):
            engine(tmp_path, name)
    with pytest.raises(ConfigError, match="did you mean 'Europe/Berlin'"):
        engine(tmp_path, "Europe/Berln")


def test_a_plugins_spec_over_no_table_is_an_error_too(tmp_path):
    spec = Measure(id="odd", table="tikets", value="count(*)", time="created_at")
    with pytest.raises(ConfigError, match=r"no fact table 'tikets'.*'tickets'"):
        engine(tmp_path, specs=[spec]).compute("odd")


CUSTOMS = {"custom_met": "bool", "custom_cost": "number", "custom_size": "text"}
COSTLY = [
    fact(
        ticket_id="1",
        created_at="2025-06-02T09:00",
        custom_met=True,
        custom_cost=2.5,
        custom_size="S",
    ),
    fact(
        ticket_id="2",
        created_at="2025-06-02T09:00",
        custom_met=False,
        custom_cost=1.5,
        custom_size="L",
    ),
    fact(
        ticket_id="3",
        created_at="2025-06-03T09:00",
        custom_met=None,
        custom_cost=None,
        custom_size="L",
    ),
]


def test_specs_over_custom_columns(tmp_path):
    specs = [
        Measure(id="met", table="tickets", share="custom_met"),
        Measure(id="cost", table="tickets", value="sum(custom_cost)", unit="money"),
        Measure(id="costly", table="tickets", each="custom_cost", unit="score"),
        Measure(id="large", table="tickets", value="count(*)", filter="custom_size = 'L'"),
    ]
    desk = engine(tmp_path, specs=specs, customs=CUSTOMS, tickets=COSTLY)
    assert figures(desk.compute("met"), "value", "n") == [(0.5, 2)]
    assert figures(desk.compute("cost", every="day"), "value", "n") == [(4.0, 2), (None, 1)]
    assert figures(desk.compute("costly"), "mean", "n") == [(2.0, 2)]
    assert figures(desk.compute("large", ["custom_size"]), "value", "dims") == [
        (2, {"custom_size": "L"})
    ]
    assert {row.dims["custom_met"] for row in desk.compute("large", ["custom_met"]).rows} == {
        False,
        None,
    }


def test_a_custom_field_may_have_any_name(tmp_path):
    odd = {'custom_Made "SLA" / Größe': "text"}
    ticket = fact(ticket_id="1", created_at="2025-06-02T09:00") | dict.fromkeys(odd, "L")
    spec = Measure(
        id="odd", table="tickets", value="count(*)", filter='"custom_Made ""SLA"" / Größe" = \'L\''
    )
    (tmp_path / "empty").mkdir()
    for folder, rows, value in ((tmp_path, [ticket], 1), (tmp_path / "empty", None, 0)):
        tables = {} if rows is None else {"tickets": rows}
        desk = engine(folder, specs=[spec], customs=odd, **tables)
        assert figures(desk.compute("odd"), "value") == [(value,)]
        assert len(desk.compute("submissions", list(odd)).rows) == value


def test_custom_columns_of_an_empty_mart(tmp_path):
    spec = Measure(id="met", table="tickets", share="custom_met")
    desk = engine(tmp_path, specs=[spec], customs=CUSTOMS)
    assert figures(desk.compute("met"), "value", "n") == [(None, 0)]


def test_ratio_divides_bucket_by_bucket(tmp_path):
    specs = [
        Measure(id="answers", table="replies", value="count(*)"),
        Ratio(
            id="answers_per_ticket", numerator="answers", denominator="submissions", unit="score"
        ),
        Ratio(
            id="resolved_share", numerator="resolutions", denominator="submissions", proportion=True
        ),
    ]
    tickets = [
        fact(
            ticket_id="1",
            created_at="2025-06-02T09:00",
            resolved_at="2025-06-02T09:00",
            channel="a",
        ),
        fact(ticket_id="2", created_at="2025-06-02T09:00", channel="b"),
        fact(ticket_id="3", created_at="2025-06-04T09:00", channel="b"),
    ]
    replies = [fact(ticket_id="1", ended_at="2025-06-02T10:00", channel="a") for _ in range(3)]
    replies.append(fact(ticket_id="1", ended_at="2025-06-03T10:00", channel="a"))
    desk = engine(tmp_path, specs=specs, tickets=tickets, replies=replies)
    assert figures(
        desk.compute("answers_per_ticket", every="day"), "bucket", "value", "previous"
    ) == [
        ("2025-06-02", 1.5, None),
        ("2025-06-03", None, 1.5),  # nothing came in: no ratio, not infinity
        ("2025-06-04", 0.0, None),
    ]
    result = desk.compute("answers_per_ticket", ["channel"])
    assert [(row.dims["channel"], row.value) for row in result.rows] == [("a", 4.0), ("b", 0.0)]
    share = desk.compute("resolved_share")
    assert figures(share, "value", "n") == [(1 / 3, 3)]
    assert 0 < share.rows[0].low < 1 / 3 < share.rows[0].high < 1
    assert "weekday" in desk.dimensions("answers_per_ticket")
    assert "touch" not in desk.dimensions("answers_per_ticket")


def test_an_analysis_gets_the_mart_and_gives_a_table(tmp_path):
    def longest(study):
        return Table(
            columns=("ticket",), rows=tuple(study.rows("SELECT ticket_id FROM tickets ORDER BY 1"))
        )

    desk = engine(
        tmp_path, specs=[Analysis(id="all", function=longest)], tickets=created("2025-06-02")
    )
    assert desk.analyse("all").rows == (("0-2025-06-02",),)
    with pytest.raises(ConfigError, match="table of its own"):
        desk.compute("all")
    with pytest.raises(ConfigError, match="no analysis"):
        desk.analyse("submissions")


def test_removed_tickets_count_only_where_a_spec_says_so(tmp_path):
    tickets = [*created("2025-06-02"), *created("2025-06-02", counted=False, removed_reason="spam")]
    spec = Measure(id="spam", table="tickets", value="count(*)", include_removed=True,
                   filter="removed_reason = 'spam'")  # fmt: skip
    desk = engine(tmp_path, specs=[spec], tickets=tickets)
    assert figures(desk.compute("spam"), "value") == [(1,)]
    assert figures(desk.compute("submissions"), "value") == [(1,)]


def test_a_stock_of_ones_own(tmp_path):
    spec = Stock(id="unanswered", table="tickets", starts="created_at", ends="first_reply_at")
    tickets = [
        fact(ticket_id="1", created_at="2025-06-02T09:00", first_reply_at="2025-06-03T09:00"),
        fact(ticket_id="2", created_at="2025-06-02T09:00"),
    ]
    desk = engine(tmp_path, specs=[spec], now=datetime(2025, 6, 4, 12, tzinfo=UTC), tickets=tickets)
    assert figures(desk.compute("unanswered", every="day"), "bucket", "value") == [
        ("2025-06-02", 2),
        ("2025-06-03", 1),
        ("2025-06-04", 1),
    ]

"""Spikes of new tickets against the same hours of the weeks before."""

from datetime import date, timedelta

import pytest

from deskpulse.calendars import Calendar, Calendars
from deskpulse.untrusted import Untrusted
from deskpulse_reports.kpis.result import KpiRow
from deskpulse_reports.rules import counting
from deskpulse_reports.rules.spike import Spike
from support.rule_desks import at, conditions, desk, says

MONDAY = date(2026, 3, 2)
WEEKS = 8


def hours(day, counts, series=None):
    dims = {} if series is None else {"channel": series}
    return [KpiRow(f"{day}T{hour:02d}:00", dims, value=count) for hour, count in counts.items()]


def usual(hour_counts, series=None, weeks=WEEKS, day=MONDAY):
    rows = []
    for back in range(1, weeks + 1):
        rows += hours(day - timedelta(weeks=back), hour_counts, series)
    return rows


def judged(now, rows, **config):
    return conditions(Spike, desk(now, values={"submissions": rows}), **config)


ALL = ("hour/all/", "")


@pytest.mark.parametrize(
    ("last", "running", "condition"),
    [
        (10, 0, "clear"),
        (10, 9, "clear"),  # the running hour says nothing until it is a spike
        (10, 40, "holds"),
        (40, 0, "holds"),
        (40, 40, "holds"),
        (22, 0, "holds"),  # 12 more than usual, z = 12 / sqrt(10) = 3.79
        (21, 0, "clear"),  # z = 3.48
    ],
)
def test_the_running_hour_and_the_last_one(last, running, condition):
    rows = usual({9: 10, 10: 10}) + hours(MONDAY, {9: last, 10: running})
    assert judged("2026-03-02T10:20", rows) == {ALL: condition}


def test_at_the_stroke_of_the_hour_the_one_that_ended_is_judged_whole():
    rows = usual({9: 10, 10: 10}) + hours(MONDAY, {9: 40, 10: 0})
    assert judged("2026-03-02T09:59:59.999999", rows) == {ALL: "holds"}
    assert judged("2026-03-02T11:00", rows) == {ALL: "clear"}


def test_too_short_a_past_says_nothing():
    rows = usual({9: 10}, weeks=3) + hours(MONDAY, {9: 90})
    assert judged("2026-03-02T10:20", rows) == {ALL: "unknown"}


def test_a_few_more_than_usual_are_no_spike_however_rare():
    rows = usual({3: 0, 8: 1}) + hours(MONDAY, {9: 4, 8: 1})
    assert judged("2026-03-02T10:20", rows) == {ALL: "clear"}
    assert judged("2026-03-02T10:20", rows, excess=3) == {ALL: "holds"}


def test_each_channel_by_itself():
    rows = usual({9: 10}, "email") + usual({9: 30}, "chat")
    rows += hours(MONDAY, {9: 30}, "email") + hours(MONDAY, {9: 30}, "chat")
    found = says(Spike, desk("2026-03-02T10:20", values={"submissions": rows}), by="channel")
    assert {signal.subject: signal.condition for signal in found} == {
        "hour/channel/chat": "clear",
        "hour/channel/email": "holds",
    }
    email = found[1]
    assert email.title == "30 new tickets by email in the hour from 09:00, Mon, usually 10"
    assert email.labels == {"channel": "email"}
    assert email.since == at("2026-03-02T09:00")
    assert "usually 10 (median of 8 Mondays at 09:00" in email.summary


def test_a_reason_travels_closed():
    rows = [KpiRow(row.bucket, {"reason": "<!here>"}, value=row.value) for row in usual({9: 1})]
    [signal] = says(Spike, desk("2026-03-02T10:20", values={"submissions": rows}), by="reason")
    assert isinstance(signal.title, Untrusted)
    assert isinstance(signal.summary, Untrusted)
    assert signal.labels == {}


def test_by_day():
    rows = [KpiRow(str(MONDAY - timedelta(weeks=n)), value=100) for n in range(1, 9)]
    rows.append(KpiRow(str(MONDAY), value=300))
    found = judged("2026-03-03T00:10", rows, every="day")
    assert found == {("day/all/", ""): "holds"}
    assert judged("2026-03-04T00:10", rows, every="day") == {("day/all/", ""): "clear"}


def test_on_stale_data_a_spike_stays_one_and_nothing_is_usual():
    rows = usual({9: 10, 10: 10}) + hours(MONDAY, {9: 40, 10: 0})
    on = desk("2026-03-02T10:20", values={"submissions": rows}).stale()
    assert conditions(Spike, on) == {ALL: "holds"}
    calm = usual({9: 10, 10: 10}) + hours(MONDAY, {9: 10, 10: 0})
    assert conditions(Spike, desk("2026-03-02T10:20", values={"submissions": calm}).stale()) == {
        ALL: "unknown"
    }


def test_holidays_say_nothing_of_what_is_usual():
    closed = [MONDAY - timedelta(weeks=n) for n in range(1, 5)]
    office = Calendar("office", "UTC", {"mon": [("09:00", "17:00")]}, closed)
    quiet = [row for row in usual({9: 30}) if date.fromisoformat(row.bucket[:10]) not in closed]
    rows = quiet + hours(MONDAY, {9: 30})
    on = desk("2026-03-02T10:20", values={"submissions": rows}, calendars=Calendars([office]))
    assert conditions(Spike, on) == {ALL: "clear"}


def test_the_hour_that_the_clocks_repeat_is_left_out():
    on = desk("2026-11-02T10:20", zone="Europe/Berlin")
    history = counting.history(on, None, "hour", 8)
    assert {(b.day.isoformat(), b.hour) for b in history.stale} == {("2026-10-25", 2)}
    spring = counting.history(desk("2026-04-02T10:20", zone="Europe/Berlin"), None, "hour", 8)
    assert {(b.day.isoformat(), b.hour) for b in spring.stale} == {("2026-03-29", 2)}


def test_an_empty_desk():
    assert judged("2026-03-02T10:20", []) == {}

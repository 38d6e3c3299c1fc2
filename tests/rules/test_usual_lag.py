"""How late a source usually is, by its syncs; and that the rules see it."""

from datetime import UTC, datetime, timedelta

import pytest

from deskpulse.app.lags import usual
from deskpulse.clock import to_micros
from deskpulse.store import Store
from deskpulse.store.operations import SyncRun
from deskpulse.sync.report import StreamReport
from deskpulse_reports.lag import Reading, usual_lags

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def syncs(count, *streams, every=MINUTE, behind=timedelta(0), source="desk"):
    """Readings at each turn; every stream takes ten seconds and ends `behind` where it began."""
    for turn in range(count):
        for place, stream in enumerate(streams or ["tickets"]):
            began = BEGIN + turn * every + place * timedelta(seconds=10)
            yield Reading(source, stream, began + timedelta(seconds=10), began - behind)


def test_a_sync_a_minute_of_a_vendor_that_holds_back_another():
    assert usual_lags(syncs(10, behind=MINUTE)) == {"desk": timedelta(seconds=130) * 1.25}


def test_a_sync_is_over_when_its_last_stream_is():
    """The first stream's data is the oldest, and it waits for the next sync's last stream."""
    assert usual_lags(syncs(10, "tickets", "calls"))["desk"] == timedelta(seconds=80) * 1.25


def test_a_slow_source_makes_the_other_late():
    slow = [
        Reading("slow", "all", each.ended_at + timedelta(seconds=40), each.complete_to)
        for each in syncs(10)
    ]
    assert usual_lags([*syncs(10), *slow])["desk"] == timedelta(seconds=110) * 1.25


def test_one_long_pause_is_not_usual():
    night = timedelta(hours=12)
    before, after = list(syncs(8)), list(syncs(8))
    shifted = [
        Reading(each.source, each.stream, each.ended_at + night, each.complete_to + night)
        for each in after
    ]
    assert usual_lags([*before, *shifted])["desk"] == timedelta(seconds=70) * 1.25


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_syncs_say_nothing(count):
    assert usual_lags(syncs(count)) == {}


def test_the_last_syncs_count():
    now = [
        Reading(
            each.source, each.stream, each.ended_at + 60 * MINUTE, each.complete_to + 60 * MINUTE
        )
        for each in syncs(25)
    ]
    assert usual_lags([*syncs(6, every=10 * MINUTE), *now])["desk"] == timedelta(seconds=70) * 1.25


def test_it_is_read_from_the_reports_of_the_last_syncs(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    for each in syncs(30, behind=9 * MINUTE):
        report = StreamReport("desk", "tickets", each.complete_to, complete_to=each.complete_to)
        for outcome in ("ok", "failed"):
            run = SyncRun(
                source="desk",
                stream="tickets",
                started_at=to_micros(each.complete_to),
                ended_at=to_micros(each.ended_at),
                outcome=outcome,
                detail=_json(report if outcome == "ok" else None),
            )
            store.record_run(run)
    found = usual(store)
    store.close()
    assert found == {"desk": timedelta(seconds=9 * 60 + 70) * 1.25}


def _json(report):
    import orjson

    return orjson.dumps(report.to_json() if report else {}).decode()

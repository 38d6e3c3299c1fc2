"""Levels by counting elapsed time against levels by walking the calendar to their moment."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.rules import SlaClock, levels
from deskpulse_reports.rules.sla import Sla
from deskpulse_reports.testing import HandDesk

SPLIT = Calendar(
    "split",
    "America/New_York",
    {
        "mon": [("08:00", "12:00"), ("13:00", "17:30")],
        "wed": [("22:00", "06:00")],
        "fri": [("00:00", "24:00")],
        "sun": [("01:00", "04:00")],
    },
    ["2026-03-09"],
)
CALENDARS = Calendars([SPLIT])
START = datetime(2026, 2, 20, tzinfo=UTC)  # clocks go forward on 8 March
LADDER = ["10%", "75%", "45m left", "breach", "+30m", "+7h"]


@st.composite
def moments(draw):
    """A clock and a moment, near one of its levels as often as not."""
    standing = START + timedelta(seconds=draw(st.integers(0, 20 * 86400)))
    target = draw(st.sampled_from([60.0, 1800.0, 3600.0, 9 * 3600.0, 40 * 3600.0]))
    elapsed = draw(st.one_of(st.just(0.0), st.floats(0, target).map(lambda s: round(s, 6))))
    business = draw(st.booleans())
    name = "split" if business else ""
    clock = SlaClock(
        source="desk", ticket_id="1", metric="first_reply_time", target_s=target, running=True,
        clock="business" if business else "calendar", calendar=name, elapsed_s=elapsed,
        started_at=standing, standing_at=standing,
        due_at=CALENDARS.due(name, standing, target - elapsed),
    )  # fmt: skip
    level = levels.read(draw(st.sampled_from(LADDER)))
    ahead = max(level.after_s(target) - elapsed, 0)
    near = CALENDARS.due(name, standing, ahead) + timedelta(
        microseconds=draw(st.sampled_from([-1, 0, 1]))
    )
    anywhen = standing + timedelta(seconds=draw(st.integers(0, 30 * 86400)))
    return clock, max(draw(st.sampled_from([near, anywhen])), standing)


@given(moments())
@settings(max_examples=300, deadline=None)
def test_both_ways_agree(given_moment):
    clock, now = given_moment
    desk = HandDesk(
        now=now, zone="UTC", calendars=CALENDARS, all_clocks=[clock],
        sources={"desk": Freshness("desk", now, timedelta(hours=2))},
    )  # fmt: skip
    found = {s.level: s for s in Sla(Sla.Config(levels=LADDER)).signals(desk)}
    for text in LADDER:
        level = levels.read(text)
        after = level.after_s(clock.target_s)
        if after <= 0:
            assert text not in found
            continue
        moment = CALENDARS.due(clock.calendar, clock.standing_at, max(after - clock.elapsed_s, 0))
        if text == "breach":  # only open time after it makes it late
            passed = CALENDARS.open_seconds(clock.calendar, moment, now)
            reached = passed > 0
        else:
            reached = now >= moment
        assert (found[text].condition == "holds") == reached, (text, moment, now)
        if reached and after > clock.elapsed_s:
            assert found[text].since == moment
    conditions = [signal.condition for signal in found.values()]
    assert conditions == sorted(conditions, reverse=True)  # the lowest are reached first

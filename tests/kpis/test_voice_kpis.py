"""Calls and chats by hand: answered, abandoned, service levels, handle times."""

from datetime import date

import pytest

from support.marts import engine, fact

JUNE = {"start": date(2025, 6, 1), "end": date(2025, 6, 30)}


def the_row(result):
    (row,) = result.rows
    return row


def call(number, outcome="answered", wait=10.0, **more):
    return fact(
        interaction_id=str(number), channel="voice", direction="inbound", outcome=outcome,
        wait_s=wait, in_hours=True, started_at="2025-06-02T10:00",
    ) | more  # fmt: skip


def answered(number, talk, hold, wrap, **more):
    parts = {"talk_s": talk, "hold_s": hold, "wrap_up_s": wrap}
    return call(number, handle_s=talk + (hold or 0) + wrap, **parts) | more


def part(number, agent, outcome="taken", **parts):
    """What one agent did in a call: it has no handle time of its own, as it is no call."""
    return call(number, outcome, wait=None, direction="part", agent_id=agent) | parts


CALLS = [
    answered(1, 100.0, 20.0, 30.0),
    answered(2, 200.0, None, 10.0, wait_s=30.0),
    answered(3, 300.0, 40.0, 20.0, direction="outbound", wait_s=None),
    answered(4, 60.0, None, 40.0, channel="chat", wait_s=8.0),
    call(5, "abandoned", 4.0),
    call(6, "abandoned", 50.0),
    call(7, "missed", 15.0),
    call(8, "missed", 5.0, in_hours=False),
    call(9, "abandoned", 12.0, channel="chat"),
    call(10, "callback", 12.0),
    call(11, counted=False),
    part("1a", "ann", talk_s=70.0, hold_s=20.0, wrap_up_s=20.0),
    part("1b", "bob", talk_s=30.0, hold_s=None, wrap_up_s=10.0),
    part("2a", "bob", talk_s=200.0, hold_s=None, wrap_up_s=10.0),
    part("2b", "ann", "missed", in_hours=False),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = engine(tmp_path_factory.mktemp("mart"), interactions=CALLS)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("kpi", "value", "n"),
    [
        ("calls_offered", 6, 6),
        ("calls_answered", 2, 2),
        ("calls_missed", 4, 4),
        ("calls_out_of_hours", 1, 1),
        ("answered_call_rate", 2 / 6, 6),
        ("missed_call_rate", 4 / 6, 6),
        ("abandon_rate", 2 / 4, 4),
        ("abandon_rate_patient", 1 / 3, 3),
        ("service_level_positive", 2 / 5, 5),
        ("service_level_negative", 1 / 5, 5),
        ("service_level_ignore", 1 / 4, 4),
        ("service_level_answered", 1 / 2, 2),
        ("service_level_short_positive", 2 / 5, 5),
        ("aht", (150 + 210) / 2, 2),
        ("handle_time", 180, 2),
        ("average_talk_time", 150, 2),
        ("average_hold_time", 10, 2),
        ("average_wrap_up_time", 20, 2),
        ("call_wait_time", 20, 2),
        ("call_wait_times", 20, 2),
        ("outbound_handle_time", 360, 1),
        ("call_parts_taken", 3, 3),
        ("call_parts_missed_rate", 1 / 4, 4),
        ("agent_handle_time", (110 + 40 + 210) / 3, 3),
        ("handled_hours", (150 + 210 + 360 + 100) / 3600, 4),
        ("chats_offered", 2, 2),
        ("chat_abandon_rate", 1 / 2, 2),
        ("chat_wait_time", 8, 1),
        ("chat_handle_time", 100, 1),
        ("conversation_abandon_rate", 3 / 6, 6),
    ],
)
def test_calls_and_chats(desk, kpi, value, n):
    row = the_row(desk.compute(kpi))
    assert (row.value, row.n) == (pytest.approx(value), n)


def test_a_call_handed_on_counts_for_each_of_its_agents(desk):
    taken = desk.compute("call_parts_taken", ["agent"]).rows
    assert {row.dims["agent"]: row.value for row in taken} == {"ann": 1, "bob": 2}
    times = desk.compute("agent_handle_time", ["agent"]).rows
    assert {row.dims["agent"]: row.value for row in times} == {"ann": 110, "bob": 125}


@pytest.mark.parametrize(
    "kpi",
    [
        "answered_call_rate", "missed_call_rate", "abandon_rate", "abandon_rate_patient",
        "service_level_positive", "service_level_negative", "service_level_ignore",
        "service_level_answered", "service_level_short_positive", "aht", "handle_time",
        "average_talk_time", "average_hold_time", "average_wrap_up_time", "call_wait_time",
        "call_wait_times", "outbound_handle_time", "chat_abandon_rate", "chat_wait_time",
        "chat_handle_time", "conversation_abandon_rate", "written_abandon_rate", "occupancy",
        "utilisation", "handled_hours", "agent_handle_time", "call_parts_missed_rate",
    ],
)  # fmt: skip
def test_no_calls_are_no_figure(tmp_path, kpi):
    row = the_row(engine(tmp_path, interactions=[]).compute(kpi, **JUNE))
    assert (row.value, row.n) == (None, 0)


def test_ten_unanswered_of_a_hundred(tmp_path):
    rows = [call(number, "answered" if number >= 10 else "missed") for number in range(100)]
    desk = engine(tmp_path, interactions=rows)
    assert the_row(desk.compute("answered_call_rate")).value == 0.9
    assert the_row(desk.compute("missed_call_rate")).value == 0.1


def test_an_answered_call_whose_wait_is_unknown_is_in_no_service_level(tmp_path):
    desk = engine(tmp_path, interactions=[call(1), call(2, wait=None)])
    for mode in ("positive", "negative", "ignore", "answered", "short_positive"):
        row = the_row(desk.compute(f"service_level_{mode}"))
        assert (row.value, row.n) == (1.0, 1), mode

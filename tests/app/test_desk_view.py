"""What rules look at, over a real store and a real mart."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from deskpulse.app.desk_view import DeskView
from deskpulse.app.workspace import Workspace
from deskpulse.clock import AsOf, to_micros
from deskpulse.config import load
from deskpulse.store.operations import SlaClock
from deskpulse_reports.rules import BUILTIN, Desk
from deskpulse_reports.rules.csat import Csat
from deskpulse_reports.rules.flood import Flood
from deskpulse_reports.rules.no_tickets import NoTickets
from deskpulse_reports.rules.sla import Sla
from deskpulse_reports.rules.spike import Spike
from deskpulse_reports.rules.stale import Stale
from deskpulse_reports.rules.target import KpiTarget
from deskpulse_reports.rules.vip import Vip
from support.program import Desk as Program
from support.small_desk import CONFIG, FIRST, ticket

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
MORE = """
[privacy]
bodies = true

[targets.backlog]
goal = 1
"""
HOSTILE = "<!channel> </script>"


def later(minutes, start=FIRST):
    return (start + timedelta(minutes=minutes)).isoformat()


def records():
    """A ticket a day for three weeks, a VIP who waits, and a survey."""
    for day in range(21):
        for record in ticket(str(day + 1), FIRST + timedelta(days=day), day, subject=HOSTILE):
            extra = {"team_id": "3", "account_id": "a7", "tags": ["vip"]}
            yield record | (extra if record["record"] == "ticket" else {})
    yield {"record": "team", "id": "3", "name": "Billing"}
    yield {"record": "account", "id": "a7", "name": HOSTILE, "tier": "gold"}
    yield {
        "record": "survey", "id": "s1", "ticket_id": "20", "score": 1, "scale_min": 1,
        "scale_max": 5, "comment": HOSTILE, "answered_at": (NOW - timedelta(hours=2)).isoformat(),
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(database, tmp_path_factory):
    program = Program(tmp_path_factory.mktemp("view"))
    program.configure(CONFIG.format(store=database) + MORE)
    program.records("tickets.ndjson", *records())
    program("sync").ok()
    program("derive").ok()
    return program.folder


def clock(ticket_id, **fields):
    started = NOW - timedelta(minutes=50)
    values = {
        "source": "shop", "ticket_id": ticket_id, "metric": "first_reply_time", "n": 1,
        "policy": "config/standard", "target_s": 3600.0, "clock": "calendar", "calendar": "",
        "team_id": "3", "state": "active", "running": True, "started_at": to_micros(started),
        "standing_at": to_micros(started), "due_at": to_micros(started + timedelta(hours=1)),
    }  # fmt: skip
    return SlaClock(**(values | fields)).model_dump()


@pytest.fixture(scope="module")
def workspace(folder):
    with Workspace(load(folder / "config.toml"), AsOf(NOW)) as made:
        rows = [
            clock("21"),
            clock("20", state="paused", running=False, due_at=None),
            clock("19", state="achieved", running=False, due_at=None,
                  ended_at=to_micros(NOW - timedelta(days=1))),
            clock("18", state="achieved", running=False, due_at=None,
                  ended_at=to_micros(NOW - timedelta(days=8))),
        ]  # fmt: skip
        with made.store.writing() as connection:
            connection.execute(insert(SlaClock), rows)
        yield made


@pytest.fixture(scope="module")
def view(workspace):
    return DeskView(workspace)


def says(rule, view, **config):
    return list(rule(rule.Config(**config)).signals(view))


def test_it_is_what_rules_are_promised(view):
    promised: Desk = view  # mypy checks the signatures, this the names
    for name in dir(Desk):
        if not name.startswith("_"):
            assert hasattr(promised, name), name


def test_running_and_paused_clocks_and_those_that_ended_lately(view):
    assert [one.ticket_id for one in view.clocks()] == ["20", "21"]
    assert [one.ticket_id for one in view.clocks(NOW - timedelta(days=7))] == ["19", "20", "21"]
    running = view.clocks()[1]
    assert running.due_at == NOW + timedelta(minutes=10)
    assert running.running is True


def test_sla(view):
    found = {(s.subject, s.level): s for s in says(Sla, view)}
    warning = found["shop/21/first_reply_time/1", "75%"]
    assert warning.condition == "holds"
    assert warning.title == "First reply of shop/21 is due in 10 min (09:40, Mon)"
    assert warning.labels["team_name"] == "Billing"
    assert warning.parts[0].items[0].subject.open() == HOSTILE
    assert HOSTILE not in repr(warning)
    assert found["shop/21/first_reply_time/1", "90%"].condition == "clear"
    assert found["shop/19/first_reply_time/1", "breach"].outcome == "met in time"
    assert not any(subject.startswith("shop/18/") for subject, _ in found)


def test_vips(view):
    waiting = [
        s for s in says(Vip, view, tiers=["gold"], clock="calendar") if s.condition == "holds"
    ]
    assert [signal.subject for signal in waiting] == ["shop/21"]
    assert waiting[0].labels | {"priority": "", "team_name": ""} == {
        "source": "shop", "team": "3", "account": "a7", "priority": "", "team_name": "",
    }  # fmt: skip
    over = {s.subject for s in says(Vip, view, tags=["vip"], look_back="2d") if s.outcome}
    assert over == {"shop/20"}  # the one before was answered more than two days ago
    assert says(Vip, view, tiers=["silver"]) == []


def test_surveys(view):
    [signal] = says(Csat, view)
    assert (signal.condition, signal.title) == ("holds", "Satisfaction 1 of 5 for shop/20")
    assert signal.labels["team"] == "3"
    assert signal.parts[0].lines[0].open() == HOSTILE
    assert view.surveys(NOW - timedelta(hours=1)) == []


def test_new_tickets(view):
    last = FIRST + timedelta(days=20)
    assert view.last_created() == {"shop": last}
    week, day = timedelta(weeks=1), timedelta(days=1)
    spans = [(NOW - week, NOW), (NOW - day, NOW), (last, last + day), (NOW - day, last)]
    assert [dict(found) for found in view.created(spans)] == [
        {"shop": 7}, {"shop": 1}, {"shop": 1}, {},
    ]  # fmt: skip
    assert view.created(spans[:1], "team") == [{"shop/3": 7}]
    assert view.created([]) == []
    [signal] = says(NoTickets, view, calendar="", longer_than="23h", chance=1)
    assert signal.condition == "holds"
    assert [s.condition for s in says(Flood, view, of="tickets", more_than=6, within="7d")] == [
        "holds"
    ]


def test_kpis_and_targets(view):
    [signal] = says(KpiTarget, view, kpi="backlog")
    assert (signal.condition, signal.level) == ("clear", "bad")
    [signal] = says(KpiTarget, view, kpi="first_reply_time", by=["team"], above="20m", over="28d")
    assert signal.condition == "holds"
    assert signal.title == "First reply time of Billing: 30 min (the last 28 days, n=20)"
    assert signal.labels["source"] == "shop"


@pytest.mark.parametrize("rule", BUILTIN, ids=lambda rule: rule.name)
def test_every_builtin_can_be_asked_twice(view, rule):
    config = {"target": {"kpi": "csat", "below": 1}, "vip": {"tags": ["vip"]}}.get(rule.name, {})
    made = rule(rule.Config(**config))
    assert list(made.mistakes(view)) == []
    assert list(made.signals(view)) == list(made.signals(view))


def test_before_anything_was_read(tmp_path):
    program = Program(tmp_path).configure(CONFIG.format(store="sqlite:///desk.db"))
    with Workspace(load(program.folder / "config.toml"), AsOf(NOW)) as workspace:
        view = DeskView(workspace)
        for rule in BUILTIN:
            config = {"target": {"kpi": "csat", "below": 1}, "vip": {"tags": ["vip"]}}
            assert says(rule, view, **config.get(rule.name, {})) == []
        [signal] = says(Stale, view, older_than="1h")
        assert signal.title == "shop was never read"


def test_a_spike_and_a_silence_in_a_real_mart(tmp_path):
    """Nine weeks with ten tickets an hour on Mondays from 9 to 12 in Berlin, then a rush by email."""
    program = Program(tmp_path).configure(CONFIG.format(store="sqlite:///desk.db"))
    mondays = [datetime(2026, 11, 23, tzinfo=UTC) - timedelta(weeks=n) for n in range(9)]
    for monday in mondays:
        hour = 8 if monday > datetime(2026, 10, 25, tzinfo=UTC) else 7  # summer time until then
        hours = [0, 1] if monday == mondays[0] else [0, 1, 2]
        for hours_later in hours:
            rush = monday == mondays[0] and hours_later == 1
            for n in range(40 if rush else 10):
                created = monday + timedelta(hours=hour + hours_later, minutes=n)
                key = f"{created:%m%d%H}-{n}"
                program.records(
                    "tickets.ndjson",
                    {"record": "ticket", "id": key, "created_at": created.isoformat(),
                     "status": "open", "channel": "email" if n % 10 else "chat"},
                )  # fmt: skip
    program("sync").ok()
    program("derive").ok()

    def asked(rule, now, **config):
        with Workspace(load(program.folder / "config.toml"), AsOf(now)) as workspace:
            return {s.subject: s for s in says(rule, DeskView(workspace), **config)}

    rush = asked(Spike, datetime(2026, 11, 23, 9, 50, tzinfo=UTC), by="channel")
    assert {name: signal.condition for name, signal in rush.items()} == {
        "hour/channel/chat": "clear",
        "hour/channel/email": "holds",
    }
    title = "36 new tickets by email in the hour from 10:00, Mon, usually 9"
    assert rush["hour/channel/email"].title == title
    calm = asked(Spike, datetime(2026, 11, 23, 11, 0, tzinfo=UTC), by="channel")
    assert calm["hour/channel/email"].condition == "clear"

    quiet = {"longer_than": "30m", "chance": 0.01}
    [early] = asked(NoTickets, datetime(2026, 11, 23, 10, 5, tzinfo=UTC), **quiet).values()
    [late] = asked(NoTickets, datetime(2026, 11, 23, 10, 10, tzinfo=UTC), **quiet).values()
    assert (early.condition, late.condition) == ("clear", "holds")
    assert late.title.startswith(
        "No new ticket in shop for 31 min of open time (the last came 10:39"
    )

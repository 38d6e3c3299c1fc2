"""A desk whose data has one of everything that `deskpulse doctor` looks for, and a sound one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from deskpulse.clock import to_micros
from deskpulse.store import Store
from deskpulse.store.operations import SyncRun
from support import stores
from support.program import Desk

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SYNCED = NOW - timedelta(days=1)
DAY = timedelta(days=1)
START = NOW - timedelta(days=10)

CONFIG = """\
name = "Sick desk"
zone = "Europe/Berlin"
calendar = "office"

[store]
url = "{store}"

[calendars.office]
zone = "Europe/Berlin"
hours = {{ mon-fri = ["09:00-17:00"] }}

[calendars.sundays]
zone = "Europe/Berlin"
hours = {{ sun = ["09:00-17:00"] }}
holidays = ["2026-11-15"]

[sources.shop]
use = "files"
path = "*.ndjson"
"""
MORE_SOURCES = """
[sources.desk]
use = "zendesk"
subdomain = "acme"
access_token = "a-token-for-nobody"

[sources.later]
use = "files"
path = "later/*.ndjson"
"""
Line = dict[str, Any]


def line(record: str, ident: str, **fields: Any) -> Line:
    return {"record": record, "id": ident, **fields}


def ticket(ident: str, created: datetime = START, **fields: Any) -> Line:
    about = {"status": "open", "requester_id": "c", "created_at": created.isoformat()}
    return line("ticket", ident, **{**about, **fields})


def said(of: str, n: int = 1, sent: datetime = START, **fields: Any) -> Line:
    about = {"author_role": "customer", "public": True, "sent_at": sent.isoformat()}
    return line("message", f"{of}-m{n}", ticket_id=of, **{**about, **fields})


def turned(of: str, new: str, at: datetime = START) -> Line:
    """A change of status."""
    about = {"field": "status", "old": "new", "new": new, "changed_at": at.isoformat()}
    return line("change", f"{of}-c", ticket_id=of, **about)


def talked(ident: str, **seconds: float) -> Line:
    times = {"queued_at": START.isoformat(), "ended_at": (START + DAY).isoformat()}
    return line("interaction", ident, channel="voice", outcome="answered", **times, **seconds)


SOUND: list[Line] = [
    *(ticket("good", assignee_id="a", team_id="t", account_id="x"), said("good")),
    *(ticket("eternal", updated_at="9999-12-31T00:00:00Z"), said("eternal")),
    *(turned("good", "open"), line("agent", "a"), line("team", "t"), line("account", "x")),
    line("survey", "fine", score=1, scale_min=0, scale_max=1, ticket_id="good"),
    line("order", "o", total="3.50", currency="EUR"),
    talked("call", wait_s=10, talk_s=60),
]
SICK: list[Line] = [
    ticket("silent"),
    *(ticket("unlike", status="solved"), said("unlike"), turned("unlike", "open")),
    said("ghost"),
    {"record": "tombstone", "of": "ticket", "id": "buried", "reason": "deleted"},
    *(ticket("early"), said("early", sent=START - DAY), turned("early", "open", START - DAY)),
    *(ticket("ahead"), said("ahead", sent=NOW + DAY)),
    *(ticket("fresh", NOW - timedelta(hours=1)), said("fresh", sent=NOW - timedelta(hours=1))),
    ticket("sooner", status="solved", solved_at=(START - DAY).isoformat()),
    talked("backwards", wait_s=-5),
    talked("endless", talk_s=100_000),
    *(ticket("whose"), said("whose", author_role=None, author_id="stranger")),
    *(ticket("nobody"), said("nobody", author_role=None)),
    *(ticket("held", assignee_id="gone", team_id="none", account_id="none"), said("held")),
    line("customer", "c1", email="One@shop.example"),
    line("customer", "c2", email="one@shop.example"),
    line("survey", "scaleless", score=4),
    line("order", "dollars", total="1", currency="USD"),
    line("order", "coins", total="1"),
    *(ticket("shifted", schedule_id="unheard-of"), said("shifted")),
    *(ticket("never", schedule_id="sundays"), said("never")),
    line(
        "sla_policy",
        "p",
        filter={"all": [{"field": "via_id", "operator": "is", "value": 4}]},
        targets=[{"metric": "first_reply_time", "target_s": 3600, "clock": "calendar"}],
    ),
    {"record": "ticket", "id": "bad"},
]


def sound_desk(desk: Desk, store: str) -> Desk:
    """A desk with nothing to find, synced and derived."""
    desk.configure(CONFIG.format(store=store)).records("sound.ndjson", *SOUND)
    return renewed(desk)


def sick_desk(desk: Desk, store: str) -> Desk:
    """The sound desk with everything that there is to find; some of it in the store's own books."""
    desk.configure(CONFIG.format(store=store)).records("sound.ndjson", *SOUND, *SICK)
    assert desk("sync", as_of=SYNCED.isoformat()).code == 1  # one record is rejected
    desk("derive", as_of=SYNCED.isoformat()).ok()
    desk.configure(CONFIG.format(store=store) + MORE_SOURCES)
    opened = Store.open(_url(desk, store))
    try:
        _upset(opened)
    finally:
        opened.close()
    return desk


def renewed(desk: Desk) -> Desk:
    desk("sync", as_of=NOW.isoformat()).ok()
    desk("derive", as_of=NOW.isoformat()).ok()
    return desk


def _upset(store: Store) -> None:
    store.caught_up("desk", "users", NOW - 2 * DAY, NOW - 2 * DAY)
    stores.Desk(store, "desk").put(stream="tickets", now=NOW)  # a page, and no end
    store.record_run(_run("tickets", "failed", error="the vendor answers with HTML"))
    store.record_run(_run("users", "ok", vendor_count=7, records=5))
    stores.Desk(store, "shop").put(stores.ticket("late"), stream="records", now=NOW)  # underived


def _run(stream: str, outcome: str, error: str = "", **detail: int) -> SyncRun:
    began = to_micros(NOW - DAY)
    return SyncRun(
        source="desk",
        stream=stream,
        started_at=began,
        ended_at=began,
        outcome=outcome,
        detail=json.dumps(detail),
        error=error,
    )


def _url(desk: Desk, store: str) -> str:
    return store.replace("sqlite:///", f"sqlite:///{desk.folder}/")

"""A desk with one customer whose every word is unmistakable, so that any trace of them is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from support.program import Desk
from support.small_desk import ticket

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
FIRST = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KEY = "a-key-of-the-test-that-is-long-enough"
IDENT, OTHER_IDENT = "cus_Xq71zzTelltale", "gid-77118822331"
NAME = "Quirina Zwackelmann"
EMAIL = "Quirina.Zwackel@telltale.example"
WORDS = {
    "subject": "Wombatgruen subject of my letter",
    "body": "Wombatgruen body, call me on 0170-WOMBATGRUEN",
    "comment": "Wombatgruen comment: never again",
    "custom": "Wombatgruen Street 7",
    "old subject": "Wombatgruen subject that I first wrote",
    "reply": "Dear Quirina Zwackelmann, this is the reply of Wombatgruen",
}
TRACES = (IDENT, OTHER_IDENT, "Quirina", "Zwackel", "telltale.example", "ombatgruen", "OMBATGRUEN")

CONFIG = """\
name = "Telltale desk"
zone = "Europe/Berlin"

[store]
url = "{store}"

[mart.custom]
plan = "text"

[privacy]
bodies = true
key = {{ env = "PRIVACY_KEY" }}

[sources.desk]
use = "files"
path = "{data}/desk*.ndjson"
rejects = "rejects"

[sources.shop]
use = "files"
path = "{data}/shop*.ndjson"
rejects = "rejects"

[notifiers.screen]
use = "console"

[routes.all]
to = ["screen"]

[rules.unhappy]
use = "csat"
within = "30d"
group_wait = "1s"

[rules.important]
use = "vip"
tags = ["vip"]
longer_than = "1h"
clock = "calendar"
group_wait = "1s"

[digests.morning]
at = "07:00"
to = ["screen"]
"""


def after(minutes: float) -> str:
    return (FIRST + timedelta(minutes=minutes)).isoformat()


def records() -> list[dict[str, Any]]:
    """What the desk tells of the customer, of another one, and of an agent who names them."""
    of = {"ticket_id": "t1"}
    other = {"record": "customer", "id": "cus_other", "name": "Otto Other", "email": "o@x.example"}
    told = [
        {"record": "customer", "id": IDENT, "name": NAME, "email": EMAIL, "segment": "gold",
         "custom": {"street": WORDS["custom"]}, "created_at": after(-9000)},
        other,
        {"record": "agent", "id": "a1", "name": "Anna Agent"},
        {"record": "role", "id": f"{IDENT}:always", "person_id": IDENT, "role": "customer"},
        {"record": "ticket", "id": "t1", "subject": WORDS["subject"], "requester_id": IDENT,
         "status": "open", "tags": ["vip"], "created_at": after(0), "updated_at": after(90),
         "assignee_id": "a1",
         "custom": {"plan": "premium", "address": WORDS["custom"], "seats": 7}},
        {"record": "ticket", "id": "t2", "subject": WORDS["subject"], "requester_id": IDENT,
         "status": "solved", "created_at": after(3000), "updated_at": after(3200)},
        {"record": "ticket", "id": "t3", "requester_id": "cus_other", "status": "open",
         "subject": f"Fwd: {EMAIL.upper()} wrote", "created_at": after(1), "updated_at": after(9)},
        {"record": "message", "id": "m1", **of, "sent_at": after(0), "author_id": IDENT,
         "author_role": "customer", "public": True, "subject": WORDS["subject"],
         "body": WORDS["body"]},
        {"record": "message", "id": "m2", **of, "sent_at": after(30), "author_id": "a1",
         "author_role": "agent", "public": True, "body": WORDS["reply"]},
        {"record": "message", "id": "m3", **of, "sent_at": after(90), "author_id": IDENT,
         "author_role": "customer", "public": True, "body": WORDS["body"]},
        {"record": "message", "id": "m4", "ticket_id": "t3", "sent_at": after(5),
         "author_id": "a1", "author_role": "agent", "public": False,
         "body": f"the same as <{EMAIL}> asked for"},
        {"record": "message", "id": "m5", "ticket_id": "t3", "sent_at": after(6),
         "author_id": IDENT, "public": True, "body": WORDS["body"]},
        {"record": "change", "id": "c1", **of, "changed_at": after(10), "actor_id": IDENT,
         "field": "subject", "old": WORDS["old subject"], "new": WORDS["subject"]},
        {"record": "change", "id": "c2", **of, "changed_at": after(11), "actor_id": "a1",
         "field": "requester", "old": "cus_other", "new": IDENT},
        {"record": "change", "id": "c3", "ticket_id": "t2", "changed_at": after(3200),
         "actor_id": "a1", "field": "status", "old": "open", "new": "solved"},
        {"record": "survey", "id": f"s-{IDENT}", **of, "customer_id": IDENT, "score": 0,
         "scale_min": 0, "scale_max": 1,
         "comment": WORDS["comment"], "sent_at": after(3000), "answered_at": after(29_000)},
        {"record": "survey", "id": "s2", "ticket_id": "t3", "score": 0, "comment": "meh, no good",
         "scale_min": 0, "scale_max": 1, "sent_at": after(3000), "answered_at": after(29_000)},
        {"record": "interaction", "id": "i1", "channel": "voice", "customer_id": IDENT,
         "queued_at": after(60), "answered_at": after(61), "ended_at": after(70)},
        {"record": "usage", "id": f"{IDENT}/2026-11-02", "customer_id": IDENT, "day": "2026-11-02",
         "sessions": 3},
        {"record": "measurement", "id": "v1", "name": "visits", "day": "2026-11-02", "value": 2,
         "dims": {"customer": IDENT, "channel": "web"}},
        {"record": "message", "id": "bad", **of, "sent_at": "yesterday", "author_id": IDENT,
         "public": True, "body": WORDS["body"]},
        {"record": "customer", "id": "bad", "email": EMAIL, "nickname": WORDS["custom"]},
    ]  # fmt: skip
    for day in range(14):
        told += ticket(f"x{day}", FIRST + timedelta(days=day + 7), day)
    return told


def shop() -> list[dict[str, Any]]:
    """What the shop tells: the same address, another id, and an account of their own."""
    who = {"customer_id": OTHER_IDENT, "account_id": OTHER_IDENT}
    return [
        {"record": "customer", "id": OTHER_IDENT, "name": NAME, "email": EMAIL.lower(),
         "account_id": OTHER_IDENT},
        {"record": "account", "id": OTHER_IDENT, "name": NAME, "value": "90"},
        {"record": "order", "id": "o1", **who, "placed_at": after(-100), "total": "90",
         "currency": "EUR"},
        {"record": "order", "id": "o2", **who, "placed_at": after(100), "total": "10",
         "currency": "EUR"},
    ]  # fmt: skip


def telltale_desk(folder: Path, store: str = "sqlite:///desk.db", config: str = CONFIG) -> Desk:
    """The desk, not read yet. Its data lies beside the folder: that is not deskpulse's."""
    data = folder.parent / "data"
    data.mkdir(parents=True, exist_ok=True)
    desk = Desk(folder, {"PRIVACY_KEY": KEY, "STORE": store})
    url = store if store.startswith("sqlite") else None
    text_of = config.format(store=url or "STORE-URL", data=data)
    desk.configure(text_of.replace('"STORE-URL"', '{ env = "STORE" }'))
    for name, told in (("desk", records()), ("shop", shop())):
        path = data / f"{name}.ndjson"
        path.unlink(missing_ok=True)
        Desk(data).records(path.name, *told)
    return desk


def in_files(folder: Path) -> dict[str, list[str]]:
    """Every trace in every byte of every file, by file; compressed files are read, too."""
    import polars as pl

    found = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += pl.read_parquet(path).write_json().encode()
        seen = [trace for trace in TRACES if trace.lower().encode() in content.lower()]
        if seen:
            found[str(path.relative_to(folder))] = seen
    return found


def in_database(url: str) -> dict[str, list[str]]:
    """Every trace in every column of every table of a PostgreSQL database."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        names = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        for table in names.scalars().all():
            rows = connection.execute(text(f'SELECT t::text FROM "{table}" AS t')).scalars()
            content = "\n".join(rows).lower()
            if seen := [trace for trace in TRACES if trace.lower() in content]:
                found[table] = seen
    engine.dispose()
    return found

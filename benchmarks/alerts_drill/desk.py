"""A desk read from a file, whose tickets break their promise when the drill wants it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.alerts_drill.program import Tweaks, Victim, start
from deskpulse.store import Store

CONFIG = """\
name = "Drill"
zone = "Europe/Berlin"

[store]
url = "{store}"

[mart]
path = "{mart}"

[sources.desk]
use = "files"
path = "tickets.ndjson"

[policies.reply]
clock = "calendar"
[policies.reply.targets]
first_reply_time = "{target}"

[schedule]
sync = "{sync}"

[rules.promises]
use = "sla"
levels = ["breach"]
group_wait = "{group_wait}"
group_above = {group_above}
{rule}

[routes.all]
to = [{to}]
per_minute = 100000
queue_at_most = {queue_at_most}
{route}
"""
DIGEST = """
[digests.morning]
at = "{at}"
to = ["team", "lead"]
catch_up = "all"
"""


@dataclass
class Desk:
    """Its configuration and its file. `answers` says when each ticket was answered."""

    folder: Path
    store: str = ""
    tickets: dict[str, datetime] = field(default_factory=dict)
    answers: dict[str, datetime] = field(default_factory=dict)
    tolerated: int = 0
    """The highest exit code that is no reason to end: 1 where a record cannot be read."""

    def configure(self, sinks: str, more: str = "", **changes: Any) -> Desk:
        """Write the configuration; `sinks` are the notifiers' tables."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = self.store or f"sqlite:///{self.folder / 'store.db'}"
        given = {
            "store": self.store,
            "mart": self.folder / "mart",
            "target": "30m",
            "sync": "5m",
            "group_wait": "1s",
            "group_above": 1_000_000,
            "queue_at_most": 1_000_000,
            "to": '"team", "lead"',
            "rule": "",
            "route": "",
        }
        text = CONFIG.format(**(given | changes)) + sinks + more
        self.config.write_text(text, encoding="utf-8")
        self.file.touch()
        return self

    @property
    def config(self) -> Path:
        """The configuration's file."""
        return self.folder / "config.toml"

    @property
    def file(self) -> Path:
        """The tickets' file."""
        return self.folder / "tickets.ndjson"

    @property
    def log(self) -> Path:
        """What the programs said."""
        return self.folder / "log.txt"

    def open(self, created: datetime, subject: str = "") -> str:
        """A new ticket of this moment; its token."""
        token = f"Case-{len(self.tickets):05}"
        self.tickets[token] = created
        asked = {"record": "message", "id": f"{token}-1", "ticket_id": token, "public": True}
        self._write(
            {
                "record": "ticket",
                "id": token,
                "subject": f"{token} {subject}".strip(),
                "created_at": created.isoformat(),
                "status": "new",
                "priority": "high",
                "channel": "email",
            },
            asked | {"sent_at": created.isoformat(), "author_role": "customer"},
        )
        return token

    def answer(self, token: str, moment: datetime) -> None:
        """An agent answers it."""
        self.answers[token] = moment
        said = {"record": "message", "id": f"{token}-2", "ticket_id": token, "public": True}
        self._write(said | {"sent_at": moment.isoformat(), "author_role": "agent"})

    def solve(self, token: str, moment: datetime) -> None:
        """It is solved."""
        known = {"ticket_id": token, "changed_at": moment.isoformat()}
        solved = {"record": "change", "id": f"{token}-3", "field": "status"}
        now = {"record": "ticket", "id": token, "status": "solved", "subject": token}
        created = {"created_at": self.tickets[token].isoformat(), "channel": "email"}
        self._write(solved | known | {"old": "new", "new": "solved"}, now | created)

    def _write(self, *records: dict[str, Any]) -> None:
        with self.file.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)

    def start(self, now: datetime | None, *verb: object, tweaks: Tweaks | None = None) -> Victim:
        """`deskpulse VERB` as of `now`; without one, in the machine's time."""
        moment = () if now is None else ("--as-of", f"{now:%Y-%m-%dT%H:%M:%S}Z")
        return start(self.log, "-c", self.config, *moment, *verb, tweaks=tweaks)

    def once(self, now: datetime) -> int:
        """`run --once`, undisturbed."""
        return self.start(now, "run", "--once").wait()

    def settle(self, now: datetime, rounds: int = 60, step: timedelta | None = None) -> datetime:
        """Undisturbed runs until nothing waits to be sent; the time it is then."""
        for _ in range(rounds):
            if (code := self.once(now)) > self.tolerated:
                raise RuntimeError(f"exit code {code}: see {self.log}")
            if not self.states().get("queued"):
                return now
            now += step or timedelta(minutes=70)
        return now

    def states(self) -> dict[str, int]:
        """How many rows of the outbox are in which state."""
        rows = self.ask("SELECT state, count(*) FROM delivery GROUP BY state")
        return {str(state): int(count) for state, count in rows}

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        store = Store.open(self.store)
        try:
            with store.reading() as connection:
                return [tuple(row) for row in connection.exec_driver_sql(statement)]
        finally:
            store.close()

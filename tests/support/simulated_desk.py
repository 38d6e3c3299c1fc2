"""A desk whose source is the simulated Zendesk."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from support.program import Desk

SOURCE = """\
name = "Simulated desk"

[store]
url = "{store}"

[schedule]
sync = "{every}"

[sources.zendesk]
use = "zendesk"
url = "{url}"
access_token = {{ env = "SIMULATOR_TOKEN" }}
export_per_minute = 1000
requests_per_minute = 10000
"""


def simulated_desk(
    folder: Path,
    simulator: ZendeskSimulator,
    more: str = "",
    *,
    store: str = "sqlite:///desk.db",
    every: str = "5m",
) -> Desk:
    """The simulator's budgets should be off (0): ours are wide open."""
    desk = Desk(folder, {"SIMULATOR_TOKEN": simulator.token})
    return desk.configure(SOURCE.format(store=store, url=simulator.url, every=every) + more)


def stored(desk: Desk, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in the desk's SQLite store; nothing before there is one."""
    path = desk.folder / "desk.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'lease'").fetchall():
            return []
        return connection.execute(query).fetchall()

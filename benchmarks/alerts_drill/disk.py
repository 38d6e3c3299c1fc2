"""A disk that is full: writes fail anywhere, and work again later."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.alerts_drill.desk import Desk
from benchmarks.alerts_drill.judge import judge
from benchmarks.alerts_drill.program import Tweaks
from benchmarks.alerts_drill.row import Row
from benchmarks.alerts_drill.sinks import Sinks

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ROUNDS = 16


def full(folder: Path, dice: Random) -> Row:
    """Runs of which no file may grow beyond a size that the dice choose."""
    row, began, failed = Row("the disk is full"), time.monotonic(), 0
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder).configure(sinks.settings())
        now = BEGIN
        desk.once(now)
        store = folder / "store.db"
        for _ in range(ROUNDS):
            desk.open(now - timedelta(minutes=35))
            limit = dice.randint(16_384, store.stat().st_size + 65_536)
            failed += desk.start(now, "run", "--once", tweaks=Tweaks(file_limit=limit)).wait() != 0
            now += timedelta(minutes=3)
        now = desk.settle(now)
        for token in list(desk.tickets):
            desk.answer(token, now + timedelta(minutes=1))
        desk.settle(now + timedelta(minutes=7))
        judge(row, desk, sinks.arrivals)
        with sqlite3.connect(store) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
        row.must(whole == "ok", f"the store is damaged: {whole}")
    row.must(failed > 0, "no run met the full disk")
    row.beside = f"{failed} of {ROUNDS} runs failed"
    row.seconds = time.monotonic() - began
    return row

"""Kill, restart, kill again; then compare what arrived with what happened."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import text

from benchmarks.alerts_drill.sink import Arrival, Sink
from benchmarks.alerts_drill.victim import CHANNELS, Script, ended, fork, kill
from deskpulse.store import Store


@dataclass
class Outcome:
    """What the kills led to. Every figure but `kills` and `doubled` should be 0."""

    kills: int = 0
    expected: int = 0
    lost: int = 0
    doubled: int = 0
    doubled_silently: int = 0
    out_of_order: int = 0
    written_twice: int = 0
    unfinished: int = 0
    seconds: float = 0.0
    example: list[Arrival] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Nothing lost, nothing told twice in silence, everything in order."""
        return not (
            self.lost
            or self.doubled_silently
            or self.out_of_order
            or self.written_twice
            or self.unfinished
        )


def drill(store: str, kills: int, dice: Random, *, most_s: float = 0.5) -> Outcome:
    """Kill so often, let it end, and look. The store is empty and migrated."""
    began, done = time.monotonic(), 0
    with Sink() as sink:
        script = Script(store, sink.url, alerts=max(40, kills * 3))
        while done < kills:
            pid = fork(script.run)
            time.sleep(dice.uniform(0.01, most_s))
            code = ended(pid)
            if code is not None:
                assert code == 0, f"the victim failed with exit code {code}"
                break
            done += kill(pid)
        pid = fork(script.run)
        while (code := ended(pid)) is None:
            time.sleep(0.02)
        assert code == 0, f"the victim failed with exit code {code}"
        outcome = compare(store, script, sink.arrivals)
    outcome.kills, outcome.seconds = done, time.monotonic() - began
    return outcome


def compare(url: str, script: Script, arrivals: list[Arrival]) -> Outcome:
    """What arrived against what should have: each alert twice, on each channel, in order."""
    store = Store.open(url)
    with store.reading() as connection:
        rows = connection.execute(text("SELECT id, thread, kind, state FROM delivery")).all()
    store.close()
    found = Outcome(expected=script.alerts * 2 * len(CHANNELS))
    times = Counter(arrival.id for arrival in arrivals)
    found.lost = found.expected - len(times)
    found.written_twice = len(rows) - found.expected
    found.unfinished = sum(row.state != "sent" for row in rows)
    seen: set[str] = set()
    channel_of = {row.id: row.thread for row in rows}
    for arrival in arrivals:
        again = arrival.id in seen
        found.doubled += again
        found.doubled_silently += again and not arrival.repeat
        seen.add(arrival.id)
        if arrival.kind == "resolved" and not again and not arrival.previous:
            found.out_of_order += 1
        if again:
            found.example.append(arrival)
        assert channel_of.get(arrival.id) == arrival.thread
    return found

"""How much of Freshdesk's allowance a first sync uses while data waits, and how flat its memory is.

The limits are on, and time passes only where the client waits: an hour takes seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.measure import measured
from benchmarks.whole import SimulatedClock
from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.store import Store
from deskpulse.sync import SyncEngine
from deskpulse_connectors.freshdesk.config import PLANS
from deskpulse_connectors.freshdesk.connector import Freshdesk
from deskpulse_connectors.simulators.exchange import Reply, Request
from deskpulse_connectors.simulators.freshdesk import FreshdeskSimulator
from deskpulse_connectors.simulators.freshdesk.vendor import cost_of

MINUTE = 60.0
LEAST_USED = 0.95
SIZES = (2_000, 6_000)
QUICK = (300, 900)
ON_THE_WAY_S = 0.005
"""What was sent before a wait arrives before it: so many real seconds for a slice of a wait."""
FLAT = 1.25
"""Three times as many tickets may take a quarter more memory."""


def run(scratch: Path, *, quick: bool) -> list[Figure]:
    """For each plan the allowance per request used, and refusals; then the peaks of two sizes."""
    found = []
    for plan in ("growth",) if quick else ("growth", "pro", "enterprise"):
        told = measured("benchmarks.quota:used", plan, 1_000 if quick else 4_000).value
        text = f"{told['credits']:,} credits in {told['minutes']} whole minutes"
        share = f"{told['share']:.1%} used, {text}"
        found.append(
            Figure(f"{plan}: allowed for one used", 1 / told["share"], "x", 1 / LEAST_USED, share)
        )
        found.append(Figure(f"{plan}: requests refused with 429", told["refused"], "", 0))
    peaks = [_peak(tickets, scratch) for tickets in (QUICK if quick else SIZES)]
    text = " MB, ".join(f"{peak:.0f}" for peak in peaks) + " MB"
    found.append(
        Figure("peak memory, three times the tickets", peaks[1] / peaks[0], "x", FLAT, text)
    )
    return found


def used(plan: str, tickets: int) -> dict[str, Any]:
    """A first sync within the plan's limits: which share of them the whole minutes used."""
    allowed = PLANS[plan]  # type: ignore[index]
    with FreshdeskSimulator(
        tickets=tickets, account_limit=allowed.account, list_limit=allowed.lists
    ) as simulator:
        spent = _noting(simulator)
        clock = Together(simulator)
        with tempfile.TemporaryDirectory() as folder:
            _sync(simulator.url, simulator.key, clock, f"{folder}/desk.db", plan=plan)
        refused = sum(seen.status == 429 for seen in simulator.requests)
    first, last = spent[0][0], spent[-1][0]
    minutes = int((last - first) // MINUTE)
    within = sum(cost for at, cost in spent if at < first + minutes * MINUTE)
    share = within / (minutes * allowed.account)
    return {"credits": within, "minutes": minutes, "share": share, "refused": refused}


def _noting(simulator: FreshdeskSimulator) -> list[tuple[float, int]]:
    """When each request came in, in the vendor's seconds, and what it took of the account."""
    spent: list[tuple[float, int]] = []
    answer = simulator.vendor

    def noting(request: Request) -> Reply:
        cost = cost_of(request.path.removeprefix("/api/v2/"), request.params)
        spent.append((simulator.clock.pulse(), cost))
        return answer(request)

    simulator.vendor = noting  # type: ignore[method-assign]
    return spent


def _peak(tickets: int, scratch: Path) -> float:
    with _process(tickets) as told, tempfile.TemporaryDirectory(dir=scratch) as folder:
        arguments = (told["url"], told["key"], told["now"], f"{folder}/desk.db")
        return measured("benchmarks.quota:read", *arguments).peak_mb


def read(url: str, key: str, now: float, database: str) -> None:
    """A first sync without limits."""
    wide = {"requests_per_minute": 100_000, "lists_per_minute": 100_000}
    _sync(url, key, SimulatedClock(now), database, **wide)


def _sync(url: str, key: str, clock: Any, database: str, **settings: Any) -> None:
    made = Freshdesk.Config(domain=url, api_key=key, statuses={"8": "on_hold"}, **settings)
    options: dict[str, Any] = {"source": "desk", "clock": clock, "redactor": Redactor()}
    store = Store.open(f"sqlite:///{database}")
    with HttpClient.for_connector(Freshdesk, made, **options) as http:
        report = SyncEngine(store, clock).run([Freshdesk(made, http, clock, "desk")])
    store.close()
    assert report.exit_code == 0, report.to_json()


@contextmanager
def _process(tickets: int) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "deskpulse_connectors.simulators.freshdesk"]
    options = {"tickets": tickets, "account-limit": 0, "list-limit": 0}
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


class Together:
    """A client's clock that is the simulator's: waiting moves both, once for all threads."""

    def __init__(self, simulator: FreshdeskSimulator) -> None:
        self._clock = simulator.clock
        self._guard = threading.Lock()

    def now(self) -> datetime:
        """The simulated present."""
        return datetime.fromtimestamp(self._clock.now(), UTC)

    def monotonic(self) -> float:
        """The seconds that the vendor counts by."""
        return self._clock.pulse()

    def sleep(self, seconds: float) -> None:
        """Let the vendor's time pass up to then, unless another thread has done so."""
        until = self._clock.pulse() + seconds
        with self._guard:
            if until > self._clock.pulse():
                time.sleep(ON_THE_WAY_S)
                self._clock.advance(max(until - self._clock.pulse(), 0.0))

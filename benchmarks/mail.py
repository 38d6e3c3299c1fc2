"""How much of Gmail's quota a first reading uses while conversations wait: 95 % or more."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.figures import Figure
from deskpulse.clock import SystemClock
from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse_connectors.gmail.connector import Gmail
from deskpulse_connectors.simulators.gmail import GmailSimulator

UNITS = 6000
"""A minute, for each user (Google's limit for projects from 2026-05 on)."""

LATENCY_S = 0.05
AT_ONCE = 5
SHARE = 0.95


def run(scratch: Path, *, quick: bool = False) -> list[Figure]:
    """Read an inbox that takes more units than some minutes hold; the vendor's limit is on."""
    del scratch
    minutes = 1 if quick else 2
    with GmailSimulator(
        conversations=minutes * UNITS // 10 + 50, units=UNITS, latency=LATENCY_S
    ) as simulator:
        config = Gmail.Config(url=simulator.url, access_token=simulator.tokens.token)
        clock = SystemClock()
        with HttpClient.for_connector(
            Gmail, config, source="inbox", clock=clock, redactor=Redactor()
        ) as http:
            begun = time.monotonic()
            threads = sum(
                len(page.records)
                for page in Gmail(config, http, clock, "inbox").conversations(None)
            )
            took = time.monotonic() - begun
        refused = sum(seen.status != 200 for seen in simulator.requests)
        spent = simulator.gmail.spent
    full = (spent - 1) // UNITS
    rest = (spent - full * UNITS) / 10 * LATENCY_S / AT_ONCE
    least = full * 60.0 + rest
    return [
        Figure(
            "time of a first reading beside what the quota allows",
            took / least,
            "x",
            1 / SHARE,
            f"{threads:,} threads, {spent:,} units in {took:.1f} s",
        ),
        Figure("requests that Gmail refused", float(refused), "", 0.0),
    ]

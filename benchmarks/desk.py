"""A simulated Zendesk in a process of its own, and its control."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Desk:
    """Where it answers, how to sign in, and what to tell it."""

    url: str
    credentials: dict[str, str]

    def tell(self, what: str, body: Any = None) -> Any:
        """POST to its control: change, settle, advance, tie, faults, expire, ..."""
        answer = httpx.post(f"{self.url}/_sim/{what}", json=body, timeout=300, trust_env=False)
        return answer.raise_for_status().json()

    def ask(self, what: str) -> Any:
        """GET from its control: state, truth, requests."""
        answer = httpx.get(f"{self.url}/_sim/{what}", timeout=300, trust_env=False)
        return answer.raise_for_status().json()

    @property
    def now(self) -> datetime:
        """The simulated present."""
        return datetime.fromtimestamp(self.ask("state")["now"], UTC)


@contextmanager
def simulated(tickets: int, *, weeks: float, talk: float = 1.0, seed: int = 1) -> Iterator[Desk]:
    """A help desk of this size and without limits, until the block ends."""
    command = [sys.executable, "-m", "deskpulse_connectors.simulators.zendesk"]
    options = {"tickets": tickets, "weeks": weeks, "talk": talk, "seed": seed, "budget": 0}
    for name, value in {**options, "account-limit": 0}.items():
        command += [f"--{name}", str(value)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            told.pop("now")
            yield Desk(told.pop("url"), told)
        finally:
            process.terminate()

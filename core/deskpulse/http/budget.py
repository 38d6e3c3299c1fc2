"""Request budgets: a vendor's limits, declared by the connector and kept by core."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `requests` in any `per_s` seconds, and at most `parallel` at once.

    Where a vendor counts quota units, `requests` are units, and a call says how many it takes
    (`self.get(path, cost=10)`); otherwise a call takes one.

    `name` is what a call says (`self.get(path, budget=name)`); "" is the account's default budget,
    which every call counts against besides its own.
    """

    name: str
    requests: int
    per_s: float = 60.0
    parallel: int = 4

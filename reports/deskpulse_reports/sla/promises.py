"""All that a desk promises: its policies in their order, and what becomes of a changed target."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

import orjson

from deskpulse_reports.sla.field import CUSTOM
from deskpulse_reports.sla.policy import Policy

Rule = Literal["keep_elapsed", "forward", "at_start"]
"""What a new priority or policy does to a clock: `keep_elapsed` swaps the target and keeps the
time used; `forward` begins a fresh clock at the change; `at_start` keeps the first target."""


@dataclass(frozen=True, slots=True)
class Promises:
    """`policies` in the order in which they are tried; `rules` by source, else `keep_elapsed`."""

    policies: tuple[Policy, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)

    @property
    def judged(self) -> tuple[Policy, ...]:
        """Those that can apply."""
        return tuple(policy for policy in self.policies if not policy.unjudged)

    @property
    def metrics(self) -> frozenset[str]:
        """What any of them limits."""
        return frozenset(target.metric for policy in self.judged for target in policy.targets)

    @property
    def fields(self) -> frozenset[str]:
        """What any of them asks of a ticket."""
        return frozenset().union(*(policy.filter.fields for policy in self.judged))

    @property
    def customs(self) -> tuple[str, ...]:
        """The custom fields that they ask for."""
        names = (name for name in self.fields if name.startswith(CUSTOM))
        return tuple(sorted(name.removeprefix(CUSTOM) for name in names))

    def fingerprint(self) -> str:
        """Another one whenever an open clock might run otherwise; "" where nothing is promised."""
        if not self.judged:
            return ""
        value = {
            "policies": [
                asdict(policy)
                | {"sources": policy.sources and sorted(policy.sources), "title": None}
                for policy in self.judged
            ],
            "rules": dict(self.rules),
        }
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return hashlib.blake2b(text, digest_size=12).hexdigest()

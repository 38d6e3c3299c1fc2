"""What a check found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
"""error: numbers are wrong or missing; warning: some may be; info: worth knowing."""

EXAMPLES = 3
"""How many examples a finding has at most."""


@dataclass(frozen=True, slots=True)
class Example:
    """One thing concerned. `id` is empty where a whole source is; `note` says more, or is empty."""

    source: str
    id: str
    note: str = ""

    def __str__(self) -> str:
        """`zendesk/123 (a note)`."""
        name = f"{self.source}/{self.id}" if self.id else self.source
        return f"{name} ({self.note})" if self.note else name


@dataclass(frozen=True, slots=True)
class Found:
    """How many things a check found, and the first few."""

    count: int = 0
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that found something: what is the matter, how often, where, and what to do."""

    check: str
    severity: Severity
    title: str
    count: int
    hint: str
    examples: tuple[Example, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

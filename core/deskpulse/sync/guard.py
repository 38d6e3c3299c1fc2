"""What stands between a source and the store: the rules of privacy, and who was erased."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deskpulse.privacy import Erased, Rules


@dataclass(frozen=True, slots=True)
class Privacy:
    """`kept`: custom text fields of tickets that stay when their customer is erased."""

    rules: Rules = field(default_factory=Rules)
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules, and everybody who was erased when the sync of this source began."""

    rules: Rules = field(default_factory=Rules)
    erased: Erased = field(default_factory=Erased)

    def masks(self, source: str, raw: Any) -> bool:
        """Whether nothing may be told of this raw record."""
        return self.erased.names(source, raw)

    def text(self, text: str) -> str:
        """A text without addresses that are not kept."""
        return self.rules.text(text) or ""

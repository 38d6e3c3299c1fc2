"""Every reason that a disagreement may have, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from deskpulse_reports.reconcile.causes import CAUSES
from deskpulse_reports.reconcile.circumstances import CIRCUMSTANCES, UNKNOWN


@dataclass(frozen=True, slots=True)
class Reason:
    """What is the matter, in one sentence, and what to do."""

    name: str
    text: str
    hint: str


def _all() -> dict[str, Reason]:
    """The sentence of a cause stands for the circumstance of the same name too."""
    found: dict[str, Reason] = {}
    told = [(each.name, each.text, each.hint) for each in CAUSES]
    told += [(each.name, each.text, each.hint) for each in (*CIRCUMSTANCES, UNKNOWN)]
    for name, text, hint in told:
        found.setdefault(name, Reason(name, text, hint))
    return found


REASONS: Mapping[str, Reason] = MappingProxyType(_all())
"""Causes and circumstances, `unknown` last."""

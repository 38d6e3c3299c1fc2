"""Test tools for authors of rules, public and versioned like the rest.

    from deskpulse_reports.testing import HandDesk, RuleContract

    class TestLongQueue(RuleContract):
        rule = LongQueue
        config = {"more_than": 100}
        desk = HandDesk(values={"backlog": [KpiRow(None, value=101)]})

`docs/write-a-rule.md` says what each test means. Only the contract needs pytest; it is imported
when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskpulse_reports.testing.hand_desk import MONDAY, HandDesk
    from deskpulse_reports.testing.rule_contract import RuleContract

__all__ = ["MONDAY", "HandDesk", "RuleContract"]

_HOME = MappingProxyType(
    {"MONDAY": "hand_desk", "HandDesk": "hand_desk", "RuleContract": "rule_contract"}
)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'deskpulse_reports.testing' has no attribute {name!r}")
    return getattr(import_module(f"deskpulse_reports.testing.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

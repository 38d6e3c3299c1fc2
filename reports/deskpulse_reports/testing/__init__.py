"""Test tools for authors of KPIs and rules, public and versioned like the rest.

    from deskpulse_reports.testing import HandDesk, RuleContract

    class TestLongQueue(RuleContract):
        rule = LongQueue
        config = {"more_than": 100}
        desk = HandDesk(values={"backlog": [KpiRow(None, value=101)]})

    class TestReopened(KpiContract):
        spec = REOPENED
        rows = {"tickets": [row(ticket_id="1", created_at="2026-01-02", reopens=2)]}
        value = 2

`docs/write-a-kpi.md` and `docs/write-a-rule.md` say what each test means. Only the
contracts need pytest; they are imported when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskpulse_reports.testing.fact_rows import row
    from deskpulse_reports.testing.hand_desk import MONDAY, HandDesk
    from deskpulse_reports.testing.kpi_contract import KpiContract
    from deskpulse_reports.testing.rule_contract import RuleContract

__all__ = ["MONDAY", "HandDesk", "KpiContract", "RuleContract", "row"]

_HOME = MappingProxyType(
    {
        "MONDAY": "hand_desk",
        "HandDesk": "hand_desk",
        "KpiContract": "kpi_contract",
        "RuleContract": "rule_contract",
        "row": "fact_rows",
    }
)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'deskpulse_reports.testing' has no attribute {name!r}")
    return getattr(import_module(f"deskpulse_reports.testing.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Facts: what the history of each ticket means, in columns (`schema`), both clocks.

`derive(History.of(...), Settings(...))` is pure and the same for one ticket and for a million.
"""

from __future__ import annotations

from deskpulse_reports.facts.days import days
from deskpulse_reports.facts.derive import derive
from deskpulse_reports.facts.explain import explain
from deskpulse_reports.facts.facts import Facts
from deskpulse_reports.facts.history import History
from deskpulse_reports.facts.settings import Settings, SourceRules
from deskpulse_reports.facts.standing import as_of

__all__ = ["Facts", "History", "Settings", "SourceRules", "as_of", "days", "derive", "explain"]

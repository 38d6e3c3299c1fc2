"""Reconcile: our facts beside the vendor's own numbers, and why the two differ.

`Reconcile(...).run(source, facts)` compares; `docs/reconcile.md` says how reasons are found.
"""

from deskpulse_reports.reconcile.agreement import Agreement
from deskpulse_reports.reconcile.compared import COMPARED, Compared, chosen
from deskpulse_reports.reconcile.reasons import REASONS, Reason
from deskpulse_reports.reconcile.reconciliation import Reconcile, Reconciliation

__all__ = [
    "COMPARED",
    "REASONS",
    "Agreement",
    "Compared",
    "Reason",
    "Reconcile",
    "Reconciliation",
    "chosen",
]

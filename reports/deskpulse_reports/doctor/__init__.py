"""Doctor: look for what is wrong with the data, and say what to do.

`examine(patient)` runs every check of `CHECKS`. A new check is a function and a line in the
`CHECKS` of its file.
"""

from __future__ import annotations

from deskpulse_reports.doctor import clocks, derived, figures, history, hours, people, streams
from deskpulse_reports.doctor.check import Check
from deskpulse_reports.doctor.finding import Example, Finding, Found, Severity
from deskpulse_reports.doctor.patient import Patient, patient

CHECKS: tuple[Check, ...] = (
    *streams.CHECKS,
    *derived.CHECKS,
    *history.CHECKS,
    *clocks.CHECKS,
    *people.CHECKS,
    *hours.CHECKS,
    *figures.CHECKS,
)
"""Every check."""

_RANK = {"error": 0, "warning": 1, "info": 2}


def examine(patient: Patient) -> list[Finding]:
    """What is wrong, worst first; empty when all is well."""
    found = [finding for check in CHECKS if (finding := check.finding(patient)) is not None]
    return sorted(found, key=lambda finding: _RANK[finding.severity])


__all__ = [
    "CHECKS",
    "Check",
    "Example",
    "Finding",
    "Found",
    "Patient",
    "Severity",
    "examine",
    "patient",
]

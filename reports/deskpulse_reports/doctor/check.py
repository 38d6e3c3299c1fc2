"""One check of the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deskpulse_reports.doctor.finding import Finding, Found, Severity
from deskpulse_reports.doctor.patient import Patient


@dataclass(frozen=True, slots=True)
class Check:
    """Looks for one thing that may be wrong. `title` is about several: "Messages without ..."."""

    name: str
    severity: Severity
    title: str
    hint: str
    look: Callable[[Patient], Found]

    def finding(self, patient: Patient) -> Finding | None:
        """What it found; None where all is well."""
        found = self.look(patient)
        if not found.count:
            return None
        return Finding(self.name, self.severity, self.title, found.count, self.hint, found.examples)

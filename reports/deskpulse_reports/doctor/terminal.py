"""Findings on a terminal, by rich. Foreign text is never read as markup."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from deskpulse_reports.doctor.finding import Finding
from deskpulse_reports.safe import clean

_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def renderable(findings: Sequence[Finding], checks: int) -> RenderableType:
    """Every finding with its examples and what to do; `checks`: how many were made."""
    if not findings:
        return Text(f"All is well: {checks} checks found nothing.")
    return Group(*map(_finding, findings), Text(f"{len(findings)} of {checks} checks found this."))


def _finding(finding: Finding) -> Text:
    parts = Text.assemble(
        (f"{finding.severity:<8}", _STYLES[finding.severity]),
        f"{finding.count:>9,}  ",
        (finding.title, "bold"),
    )
    if finding.examples:
        parts.append("\n" + " " * 19 + "; ".join(clean(str(each)) for each in finding.examples))
        if finding.count > len(finding.examples):
            parts.append("; ...")
    parts.append("\n" + " " * 19 + finding.hint + "\n", style="dim")
    return parts

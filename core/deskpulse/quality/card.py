"""The card: ten rows, each with its answer and what it stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deskpulse.connector import Connector
from deskpulse.quality.contracts import SHORTEST_REASON, ContractTest, run
from deskpulse.quality.project import Project
from deskpulse.quality.rows import QUESTIONS, ROWS, Evidence, Missing, NotSeen

Answer = Literal["yes", "no", "exempt", "unknown"]
Run = Callable[[ContractTest, Path], tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One question. `text`: what the answer stands on, for `exempt` the reason."""

    name: str
    question: str
    answer: Answer
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one connector's quality."""

    connector: str
    rows: tuple[Row, ...]

    @property
    def good(self) -> bool:
        """Whether no row says no."""
        return all(row.answer != "no" for row in self.rows)


def card_of(connector: type[Connector], run_contract: Run = run) -> Card:
    """Look at a connector. Its contract tests are run in their project, by `run_contract`."""
    evidence = Evidence(connector, Project.of(connector), run_contract)
    return Card(connector.name, tuple(_row(name, evidence) for name in QUESTIONS))


def _row(name: str, evidence: Evidence) -> Row:
    answer, text = _answer(name, evidence)
    return Row(name, QUESTIONS[name], answer, text)


def _answer(name: str, evidence: Evidence) -> tuple[Answer, str]:
    exempt = evidence.connector.exempt
    if strangers := sorted(set(exempt) - set(QUESTIONS)):
        return "no", f"exempt names {strangers[0]!r}, which is no row: {', '.join(QUESTIONS)}"
    try:
        found = ROWS[name](evidence)
    except NotSeen as problem:
        return "unknown", str(problem)
    except Missing as problem:
        yes, text, excuse = False, str(problem), ""
    else:
        yes, text, excuse = found.yes, found.text, found.excuse
    reason = exempt.get(name, excuse)
    if yes:
        return "yes", text
    if not reason:
        return "no", text
    if len(reason) < SHORTEST_REASON:
        return "no", f"exempt[{name!r}] needs a sentence that says why it cannot apply"
    return "exempt", reason

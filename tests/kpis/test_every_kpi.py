"""No KPI without a hand-made case: walks the catalogue and the tests that compute by hand."""

import ast
from pathlib import Path

import pytest

from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.builtin.analyses import ANALYSES

FOLDER = Path(__file__).parent
GENERIC = {"test_every_kpi", "test_properties", "test_kpi_words", "test_dialects", "test_spec",
           "test_compute_many", "test_engine", "test_comparison", "test_targets"}  # fmt: skip
"""Tests that take any KPI: what they say of one is no case of it."""


def _cases():
    """KPI -> the tests that name it, in their parameters or their body, and assert something."""
    found = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        if path.stem in GENERIC:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            if not any(isinstance(part, ast.Assert) for part in ast.walk(node)):
                continue
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found.setdefault(part.value, set()).add(f"{path.stem}::{node.name}")
    return found


CASES = _cases()


@pytest.mark.parametrize("spec", [*BUILTIN, *ANALYSES], ids=lambda spec: spec.id)
def test_it_has_a_case_by_hand(spec):
    assert CASES.get(spec.id), f"no test under tests/kpis computes {spec.id} from a table by hand"

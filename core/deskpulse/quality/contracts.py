"""The contract tests of a connector, read without being run; and run."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deskpulse.connector import Connector

LONGEST_S = 900
SHORTEST_REASON = 20
"""Characters of a sentence that says why something cannot apply."""
_BASE = "ConnectorContract"
_SUMMARY = re.compile(r"\d+ (?:passed|failed|skipped|error)[^\n]*")


@dataclass(frozen=True)
class ContractTest:
    """One subclass of `ConnectorContract`. `ties`: a tape's name ending in .json, or a sentence."""

    path: Path
    name: str
    tape: str
    ties: str
    exempt: Mapping[str, str]
    """Tests that do not run as they are, and why: `exempt`, and those that it writes anew."""


def contract_tests(path: Path, connector: type[Connector]) -> Iterator[ContractTest]:
    """Those of a test module that are about this connector; none if it cannot be parsed."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if _BASE not in text:
        return
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    if not _imports(tree, connector):
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(_last(base) == _BASE for base in node.bases):
            values = _assigned(node)
            if _last(values.get("connector")) == connector.__name__:
                yield ContractTest(
                    path,
                    node.name,
                    _text(values.get("tape")),
                    _text(values.get("ties")),
                    {**_written_anew(node), **_texts(values.get("exempt"))},
                )


def run(test: ContractTest, folder: Path) -> tuple[bool, str]:
    """Run it with pytest in the project's folder: whether it passes, and its last words."""
    program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(  # noqa: S603  the project's own test, which its author runs as well
            [*program, f"{test.path}::{test.name}"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, f"is not done after {LONGEST_S} s"
    said = _SUMMARY.findall(done.stdout) or (done.stderr or done.stdout).splitlines()
    return done.returncode == 0, said[-1].strip("= ") if said else "says nothing"


def _imports(tree: ast.Module, connector: type[Connector]) -> bool:
    """Whether the module imports this very class, and not another of the same name."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module is not None
        and (connector.__module__ + ".").startswith(node.module + ".")
        and any(alias.name == connector.__name__ for alias in node.names)
        for node in ast.walk(tree)
    )


def _assigned(node: ast.ClassDef) -> dict[str, ast.expr]:
    return {
        target.id: each.value
        for each in node.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }


def _written_anew(node: ast.ClassDef) -> dict[str, str]:
    return {
        each.name: (ast.get_docstring(each) or "written anew").split("\n")[0]
        for each in node.body
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    }


def _last(node: ast.expr | None) -> str:
    """The name at the end of `a.b.Name`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str:
    """A text, or the last one of a path: of `TAPES / "acme.json"` the file's name."""
    if isinstance(node, ast.BinOp):
        return _text(node.right)
    found = [
        each.value
        for each in ast.walk(node or ast.Constant(None))
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    return found[-1] if found else ""


def _texts(node: ast.expr | None) -> dict[str, str]:
    """A dict of texts that is written out."""
    if not isinstance(node, ast.Dict):
        return {}
    return {_text(key): _text(value) for key, value in zip(node.keys, node.values, strict=True)}

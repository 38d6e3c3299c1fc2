"""A connector's checkout: where its contract tests, its page and its server for tests are."""

from __future__ import annotations

import inspect
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

from deskpulse.connector import Connector
from deskpulse.quality.contracts import ContractTest, contract_tests

_NOT_OURS = frozenset({"site-packages", "node_modules", "build", "dist"})


@dataclass(frozen=True)
class Project:
    """The folder of the `pyproject.toml` that contributes this connector."""

    root: Path
    connector: type[Connector]

    @classmethod
    def of(cls, connector: type[Connector]) -> Project | None:
        """The checkout from which this connector is installed; None: it is not there."""
        file = Path(inspect.getfile(connector)).resolve()
        for folder in file.parents:
            if folder.name in _NOT_OURS:
                return None
            if _contributes(folder / "pyproject.toml", connector.__module__):
                return cls(folder, connector)
        return None

    def found(self, pattern: str) -> Iterator[Path]:
        """The project's own files of this pattern, in order; no environment's, no hidden ones."""
        for folder, inner, names in os.walk(self.root):
            inner[:] = sorted(
                each for each in inner if not each.startswith(".") and each not in _NOT_OURS
            )
            yield from (Path(folder, name) for name in sorted(names) if fnmatch(name, pattern))

    def shown(self, path: Path) -> str:
        """A path as a reader of the project knows it."""
        return path.relative_to(self.root).as_posix()

    @cached_property
    def contracts(self) -> tuple[ContractTest, ...]:
        """The connector's `ConnectorContract` tests."""
        return tuple(
            test
            for path in self.found("test_*.py")
            for test in contract_tests(path, self.connector)
        )

    @cached_property
    def page(self) -> Path | None:
        """The page that tells operators about it: one that shows `use = "name"` in its settings."""
        shown = f'use = "{self.connector.name}"'
        for pattern in (f"docs/**/{self.connector.name}.md", "README.md"):
            for path in sorted(self.root.glob(pattern)):
                if shown in path.read_text(encoding="utf-8"):
                    return path
        return None

    @cached_property
    def server(self) -> Path | None:
        """A simulator of the vendor, or a test that runs against a server."""
        name = self.connector.name
        for path in self.found("*.py"):
            folder = path.parent
            if path.name == "simulator.py" and folder.parts[-2:] == ("simulators", name):
                return folder
        for path in self.found("test_*against*.py"):
            if name in self.shown(path) and "\ndef test_" in path.read_text(encoding="utf-8"):
                return path
        return None


def _contributes(path: Path, module: str) -> bool:
    """Whether this project has an entry point that leads to the module."""
    if not path.is_file():
        return False
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    except (ValueError, OSError):
        return False
    entries = project.get("entry-points", {}).get("deskpulse", {})
    return any(module == home or module.startswith(f"{home}.") for home in entries.values())

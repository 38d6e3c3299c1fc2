"""A connector's own source: every module of its package that its class leads to."""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from deskpulse.connector import Connector
from deskpulse.errors import DeskpulseError

REJECTIONS = (ValueError, KeyError, TypeError, IndexError, StopIteration)
"""What `parse` and settings may raise: a record is rejected, a setting refused."""

_NETWORK = (
    *("requests", "aiohttp", "urllib.request", "urllib3", "http.client", "grpc", "websockets"),
    *("socket", "ssl", "imaplib", "smtplib", "ftplib", "subprocess"),
)
_OURS = ("deskpulse.store", "deskpulse.sync", "sqlalchemy", "sqlmodel", "sqlite3", "psycopg")
_ADDRESSES = frozenset({"URL", "InvalidURL", "QueryParams"})
"""What a connector may use of httpx: the words, not the wire."""
_WRITES = frozenset({"put", "patch", "delete", "post"})
_ASKERS = frozenset({"self", "http", "client", "_http"})


@dataclass(frozen=True, slots=True)
class Source:
    """One module and its syntax."""

    module: ModuleType
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """File and line."""
        file = Path(str(self.module.__file__)).name
        return f"{file}:{getattr(node, 'lineno', 0)}"


def sources_of(connector: type[Connector]) -> list[Source]:
    """The class's module and what it imports of its own package, simulators left out."""
    top = connector.__module__.split(".")[0]
    waiting, found = [connector.__module__], dict[str, Source]()
    while waiting:
        name = waiting.pop()
        if name in found or ".simulators" in name:
            continue
        module = import_module(name)
        tree = ast.parse(inspect.getsource(module)) if _has_source(module) else ast.Module([], [])
        found[name] = Source(module, tree)
        waiting += _imported(tree, top)
    return list(found.values())


def beyond_asking(source: Source) -> Iterator[str]:
    """What a module does that is not asking the vendor through core."""
    for node in ast.walk(source.tree):
        for name in _imported_by(node):
            if any(name == each or name.startswith(each + ".") for each in (*_NETWORK, *_OURS)):
                yield f"{source.at(node)} imports {name}"
        if not isinstance(node, ast.Attribute):
            continue
        text = ast.unparse(node)
        if text.startswith("httpx.") and node.attr not in _ADDRESSES:
            yield f"{source.at(node)} uses {text}"
        if node.attr in _WRITES and ast.unparse(node.value).rpartition(".")[2] in _ASKERS:
            yield f"{source.at(node)} calls {text}"
        if text in ("time.sleep", "datetime.now", "datetime.utcnow", "time.time"):
            yield f"{source.at(node)} uses {text}: the clock is self.clock, and core waits"


def strange_errors(sources: list[Source]) -> Iterator[str]:
    """Errors that no operator understands, and faults that are swallowed."""
    caught = {name for source in sources for name in _caught(source)}
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Raise) and (name := _class_raised(node)):
                kind = getattr(source.module, name, None) or getattr(builtins, name, None)
                if not _is_told(kind) and name not in caught:
                    yield f"{source.at(node)} raises {name}"
            if isinstance(node, ast.ExceptHandler) and _catches_all(node):
                yield f"{source.at(node)} catches whatever comes"


def tells_of_the_gone(sources: list[Source]) -> str:
    """Where it says that records are gone; "" if it never does."""
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call):
                named = ast.unparse(node.func)
                if named.split(".")[0] == "Tombstone":
                    return f"{source.at(node)} gives a Tombstone"
                if named.rpartition(".")[2] == "Page" and "present" in {
                    each.arg for each in node.keywords
                }:
                    return f"{source.at(node)} says what is present"
    return ""


def _has_source(module: ModuleType) -> bool:
    file = Path(module.__file__ or "")
    return file.suffix == ".py" and file.stat().st_size > 0


def _imported(tree: ast.Module, top: str) -> Iterator[str]:
    """The modules of the package `top` that it imports."""
    for node in ast.walk(tree):
        for name in _imported_by(node):
            if name.split(".")[0] == top:
                yield name
                aliases = node.names if isinstance(node, ast.ImportFrom) else []
                inner = (f"{name}.{alias.name}" for alias in aliases)
                yield from (each for each in inner if _is_module(each))


def _imported_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _class_raised(node: ast.Raise) -> str:
    """The name of the class that is raised; "" for a variable, an attribute or a function."""
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = raised.id if isinstance(raised, ast.Name) else ""
    return name if name[:1].isupper() else ""


def _is_told(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, (DeskpulseError, *REJECTIONS))


def _caught(source: Source) -> Iterator[str]:
    """The errors that a module handles by name, also as a tuple that has one."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            for each in ast.walk(node.type):
                if isinstance(each, ast.Name):
                    known = getattr(source.module, each.id, None)
                    kinds = known if isinstance(known, tuple) else (known,)
                    yield from (kind.__name__ for kind in kinds if isinstance(kind, type))


def _catches_all(node: ast.ExceptHandler) -> bool:
    return node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")

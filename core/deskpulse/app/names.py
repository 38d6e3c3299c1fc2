"""Names instead of ids: of what an answer shows, and of what somebody asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from deskpulse.config import nearest
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.kpis.result import Dim
    from deskpulse_reports.report.names import Names


def names_in(workspace: Workspace, rows: Iterable[Mapping[str, Dim]]) -> Names:
    """The names of the teams and accounts in these rows' dimensions."""
    from deskpulse_reports.report.names import NAMED, Names

    wanted: dict[str, set[str]] = defaultdict(set)
    for dims in rows:
        for dim in NAMED:
            if dims.get(dim):
                wanted[dim].add(str(dims[dim]))
    found: dict[str, dict[str, dict[str, str]]] = {}
    for dim, ids in wanted.items():
        known: dict[str, dict[str, str]] = defaultdict(dict)
        for source in workspace.config.sources:
            for ident, record in workspace.store.get(dim, source, sorted(ids)).items():
                if name := record.model_dump()["name"]:
                    known[ident][source] = str(name)
        if known:
            found[dim] = dict(known)
    return Names(found)


def ids_of(workspace: Workspace, asked: Mapping[str, str]) -> dict[str, Dim]:
    """Dimension -> value as rows have it: an id, where a name was given; None for an empty text.

    Raises `ConfigError` for a name that nobody has, or that several have.
    """
    return {dim: (_id(workspace, dim, value) if value else None) for dim, value in asked.items()}


def _id(workspace: Workspace, dim: str, value: str) -> str:
    from deskpulse_reports.report.names import NAMED

    if dim not in NAMED:
        return value
    names: set[str] = set()
    meant: set[str] = set()
    for record in workspace.store.all(dim):
        if record.id == value:
            return value
        if name := record.model_dump()["name"]:
            names.add(str(name))
            if str(name).casefold() == value.casefold():
                meant.add(record.id)
    if len(meant) == 1:
        return meant.pop()
    place = f"--where {dim}={value}"
    if meant:
        raise ConfigError(
            f"{place}: {len(meant)} are called that",
            hint=f"Give the id of one: {', '.join(sorted(meant))}.",
        )
    raise ConfigError(f"{place}: no {dim} has that name or id; {nearest(value, names)}")

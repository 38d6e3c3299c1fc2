"""What people call the teams and accounts of an answer, beside their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from deskpulse_reports.kpis.result import Dim

NAMED = ("team", "account")
"""Dimensions whose ids are shown by name. Agents and customers stay numbers on purpose."""


@dataclass(frozen=True, slots=True)
class Names:
    """`known`: dimension -> id -> names by source. Names are foreign text."""

    known: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def of(self, dims: Mapping[str, Dim], dim: str) -> str | None:
        """The name of a row's value; None where it has none, or ids of several sources collide."""
        by_source = self.known.get(dim, {}).get(str(dims.get(dim)), {})
        if "source" in dims:
            return by_source.get(str(dims["source"]))
        found = set(by_source.values())
        return found.pop() if len(found) == 1 else None

    def of_all(self, dims: Mapping[str, Dim]) -> dict[str, str]:
        """The names that a row's values have, by dimension."""
        found = {dim: self.of(dims, dim) for dim in dims if dim in self.known}
        return {dim: name for dim, name in found.items() if name is not None}

    def shown(self, dims: Mapping[str, Dim], dim: str) -> Dim:
        """The name, else the value itself."""
        return self.of(dims, dim) or dims.get(dim)

    def columns(self, dims: Iterable[str]) -> tuple[str, ...]:
        """Those of the dimensions that have names at all: a sheet shows them beside the ids."""
        return tuple(dim for dim in dims if self.known.get(dim))


UNNAMED = Names()

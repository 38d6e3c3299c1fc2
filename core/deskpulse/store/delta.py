"""What a page changed in one kind's table: pairs of the row before and the row after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskpulse.store.tables import RecordTable, Row


@dataclass(frozen=True, slots=True)
class Delta:
    """`before` is null for a new row."""

    twin: RecordTable
    pairs: list[tuple[Row | None, Row]] = field(default_factory=list)

    def values(self, column: str) -> set[str]:
        """The column's values after and before: a message that moved touches both tickets."""
        at = self.twin.columns.index(column)
        found = {after[at] for _, after in self.pairs}
        found.update(before[at] for before, _ in self.pairs if before is not None)
        found.discard(None)
        return found

    def named(self) -> Iterator[tuple[Mapping[str, Any] | None, Mapping[str, Any]]]:
        """The pairs by column name."""
        names = self.twin.stored_columns
        for before, after in self.pairs:
            yield (
                None if before is None else dict(zip(names, before, strict=False)),
                dict(zip(names, after, strict=False)),
            )


Deltas = Mapping[str, Delta]
"""Deltas by kind."""

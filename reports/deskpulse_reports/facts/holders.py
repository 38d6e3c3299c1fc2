"""Who held a ticket when: its assignee and its team through time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.lines import first_in_ticket, of_each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HELD = ("agent_id", "team_id")

_NOW = {"agent_id": "assignee_id", "team_id": "team_id"}
_FIELD = {"agent_id": "assignee", "team_id": "team"}


@dataclass(frozen=True)
class Holders:
    """Assignee and team of each ticket: what they were at first, and every change.

    Before the first change it is what that change came from; without any change it is what the
    ticket says now. All that changes at one instant holds from that instant on.
    """

    values: Mapping[str, pl.Series]
    """By column: the first holder of each ticket (by row), then what each move brought."""
    moves: pl.DataFrame
    """In order: row, instant, place, and by column which of the `values` holds from then on."""
    turns: Mapping[str, pl.DataFrame]
    """By column: row, instant and `value`, the line of `values`, of the moves that changed it."""

    @classmethod
    def of(cls, tickets: pl.DataFrame, changes: pl.DataFrame) -> Holders:
        """The holders of these tickets."""
        moves = changes.filter(pl.col("field").is_in(list(_FIELD.values())))
        values, lines = {}, {}
        for column, field in _FIELD.items():
            mine = pl.col("field") == field
            moved = moves.filter(mine)
            before = moved.filter(first_in_ticket()).select("row", "old", moved=True)
            first = tickets.select(now=_NOW[column]).hstack(of_each(before, len(tickets)))
            at_first = first.select(pl.when("moved").then("old").otherwise("now")).to_series()
            values[column] = pl.concat([at_first, moved["new"]])
            lines[column] = pl.when(mine).then(mine.cum_sum().cast(pl.Int64) + len(tickets) - 1)
        moves = moves.select("row", "instant", "place", **lines)
        turns = {
            column: moves.select("row", "instant", value=column).drop_nulls("value")
            for column in HELD
        }
        return cls(values, moves, turns)

    def at(self, moments: pl.DataFrame, columns: Sequence[str] = HELD) -> pl.DataFrame:
        """`agent_id` and `team_id` at each line's `instant` of ticket `row`, in the same order.

        Instants must rise within each ticket. Where one is null, both are null. `columns`: one of
        the two, where the other is not needed.
        """
        asked = moments.select("row", "instant")
        if asked["instant"].null_count():
            known = pl.col("instant").is_not_null()
            lines = asked.select(pl.when(known).then(known.cum_sum().cast(pl.UInt32) - 1))
            return self.at(asked.filter(known), columns)[lines.to_series()]
        held = {}
        for column in columns:
            then = asked.join_asof(
                self.turns[column],
                on="instant",
                by="row",
                check_sortedness=False,  # both are in order within each ticket
            )
            line = pl.coalesce("value", pl.col("row").cast(pl.Int64))
            held[column] = self.values[column].gather(then.select(line).to_series())
        return pl.DataFrame(held)

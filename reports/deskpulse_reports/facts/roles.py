"""Who did something: the role that person had then, not the one they have today."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from deskpulse_reports.facts.lines import of_each

_ALWAYS = -(2**62)
_PERSON = ["source", "person_id"]


@dataclass(frozen=True)
class Roles:
    """What is known of people's roles through time.

    A person's first known role counts for the time before it.
    """

    first: pl.DataFrame
    """One line a person: source, person_id, first_role, and `moved`: it was another one later."""
    moves: pl.DataFrame
    """The whole history of those who moved: source, person_id, since, role_then; by `since`."""

    @classmethod
    def of(cls, roles: pl.DataFrame) -> Roles:
        """The roles of these people."""
        history = roles.with_columns(pl.col("since").fill_null(_ALWAYS)).sort(
            "since", pl.col("id").str.len_chars(), "id"
        )
        first = history.group_by(_PERSON).agg(
            first_role=pl.col("role").first(), moved=pl.col("role").n_unique() > 1
        )
        moves = history.join(first.filter("moved"), on=_PERSON, how="semi", maintain_order="left")
        return cls(first, moves.select(*_PERSON, "since", role_then="role"))

    def added(
        self, events: pl.DataFrame, *, person: str, stated: str, instant: str
    ) -> pl.DataFrame:
        """The events in the same order with `role`.

        As stated, else by history at that instant, else the requester's: customer. It is null
        where nothing is known; such a person is nobody's agent. `events` has the columns `source`,
        `requester_id` of its ticket, and those named.
        """
        ours = ["source", person]
        known = events.join(
            self.first, left_on=ours, right_on=_PERSON, how="left", maintain_order="left"
        )
        asks = pl.col("moved") & pl.col(stated).is_null()
        then = (
            known.select(*ours, instant, line=pl.int_range(pl.len()))
            .filter(known.select(asks).to_series())
            .sort(instant)
            .join_asof(
                self.moves,
                left_on=instant,
                right_on="since",
                by_left=ours,
                by_right=_PERSON,
                check_sortedness=False,  # both are sorted by the instant
            )
            .select(row="line", role_then="role_then")
        )
        requester = pl.when(pl.col(person) == pl.col("requester_id")).then(pl.lit("customer"))
        role = pl.coalesce(stated, "role_then", "first_role", requester)
        known = known.hstack(of_each(then, len(known)))
        return events.with_columns(known.select(role=role).to_series())

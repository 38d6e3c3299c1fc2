"""Who did something: the role that person had then, not the one they have today."""

from __future__ import annotations

import polars as pl

_ALWAYS = -(2**62)


def with_roles(
    events: pl.DataFrame, roles: pl.DataFrame, *, person: str, stated: str, instant: str
) -> pl.DataFrame:
    """Add `role`: as stated, else by Role history at that instant, else the requester's: customer.

    A person's first known role counts for the time before it. `role` is null where nothing is
    known; such a person is nobody's agent. `events` has the columns `source`, `requester_id` of
    its ticket, and those named.
    """
    history = roles.with_columns(pl.col("since").fill_null(_ALWAYS)).sort(
        "since", pl.col("id").str.len_chars(), "id"
    )
    theirs, ours = ["source", "person_id"], ["source", person]
    known = (
        history.unique(theirs, keep="first", maintain_order=True)
        .select(*theirs, first_role="role")
        .join(history.group_by(theirs).agg(moved=pl.col("role").n_unique() > 1), on=theirs)
    )
    events = events.with_row_index("line").join(
        known, left_on=ours, right_on=theirs, how="left", maintain_order="left"
    )
    then = (
        events.filter(pl.col("moved") & pl.col(stated).is_null())
        .select("line", *ours, instant)
        .sort(instant)
        .join_asof(
            history.select(*theirs, "since", role_then="role"),
            left_on=instant,
            right_on="since",
            by_left=ours,
            by_right=theirs,
            check_sortedness=False,  # both are sorted by the instant just above
        )
        .select("line", "role_then")
    )
    requester = pl.when(pl.col(person) == pl.col("requester_id")).then(pl.lit("customer"))
    return (
        events.join(then, on="line", how="left", maintain_order="left")
        .with_columns(role=pl.coalesce(stated, "role_then", "first_role", requester))
        .drop("role_then", "first_role", "moved", "line")
    )

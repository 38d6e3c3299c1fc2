"""Who wrote a message: the role its author had then, not the one they have today."""

from __future__ import annotations

import polars as pl

_ALWAYS = -(2**62)


def with_roles(messages: pl.DataFrame, roles: pl.DataFrame) -> pl.DataFrame:
    """Add `role`: as stated, else by Role history at `sent_at`, else the requester is a customer.

    A person's first known role counts for the time before it. `role` is null where nothing is
    known; such an author is nobody's agent. `messages` needs `requester_id` of its ticket.
    """
    history = roles.with_columns(pl.col("since").fill_null(_ALWAYS)).sort(
        "since", pl.col("id").str.len_chars(), "id"
    )
    person, author = ["source", "person_id"], ["source", "author_id"]
    known = (
        history.unique(person, keep="first", maintain_order=True)
        .select(*person, first_role="role")
        .join(history.group_by(person).agg(moved=pl.len() > 1), on=person)
    )
    messages = messages.with_row_index("line").join(
        known, left_on=author, right_on=person, how="left", maintain_order="left"
    )
    then = (
        messages.filter(pl.col("moved") & pl.col("author_role").is_null())
        .select("line", *author, "sent_at")
        .sort("sent_at")
        .join_asof(
            history.select(*person, "since", role_then="role"),
            left_on="sent_at",
            right_on="since",
            by_left=author,
            by_right=person,
            check_sortedness=False,  # both are sorted by the instant just above
        )
        .select("line", "role_then")
    )
    requester = pl.when(pl.col("author_id") == pl.col("requester_id")).then(pl.lit("customer"))
    return (
        messages.join(then, on="line", how="left", maintain_order="left")
        .with_columns(role=pl.coalesce("author_role", "role_then", "first_role", requester))
        .drop("role_then", "first_role", "moved", "line")
    )

"""When a customer came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.lines import of_each

if TYPE_CHECKING:
    from deskpulse_reports.facts.history import History

_NO_REASON = ""


def next_contacts(tickets: pl.DataFrame, history: History) -> pl.DataFrame:
    """For each ticket (in the order of rows) `next_contact_at` and `next_same_reason_at`.

    The next ticket is one of the same customer in the same source that was created later. Null for
    a ticket that is itself no contact: gone, without requester, or begun by an agent or a system as
    its source says.
    """
    is_contact = pl.col("counted") & (
        pl.col("initiated_by").is_null() | (pl.col("initiated_by") == "customer")
    )
    asked = (
        tickets.filter(is_contact)
        .select("row", "source", "requester_id", "created_at", _reason())
        .drop_nulls("requester_id")
        .sort("created_at")
    )
    customers = asked.select("source", "requester_id").unique()
    contacts = (
        history.contacts.join(customers, on=["source", "requester_id"], how="semi")
        .select("source", "requester_id", "created_at", _reason(), later="created_at")
        .sort("created_at")
    )
    found = []
    for name, by in (
        ("next_contact_at", ["source", "requester_id"]),
        ("next_same_reason_at", ["source", "requester_id", "reason"]),
    ):
        following = asked.join_asof(
            contacts.select(*by, "created_at", "later"),
            on="created_at",
            by=by,
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,  # both are sorted by it just above
        ).select("row", pl.col("later").alias(name))
        found.append(of_each(following, len(tickets)))
    return pl.concat(found, how="horizontal")


def _reason() -> pl.Expr:
    return pl.col("reason").fill_null(_NO_REASON)

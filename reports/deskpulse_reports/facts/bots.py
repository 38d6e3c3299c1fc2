"""How a conversation with a bot went, as far as the customer let it be known (kpis BO3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts.lines import of_each
from deskpulse_reports.facts.surveys import is_good

if TYPE_CHECKING:
    from deskpulse_reports.facts.events import Events
    from deskpulse_reports.facts.history import History

ANSWERS = ("csat", "fcr")
"""Kinds of survey in which a customer says whether the answer was one."""


def bot_outcomes(events: Events, history: History, tickets: pl.DataFrame) -> dict[str, pl.Series]:
    """`last_bot_message_at` and `bot_outcome` of each ticket, in the order of rows.

    The outcome is null where no bot wrote publicly; else the first of: person (a bot handed it
    over, or an agent wrote publicly), confirmed or refused (the last survey answered says that the
    answer was good, or not), unanswered (the customer wrote publicly after the bot), and assumed:
    the customer was silent, and may have been content or have given up. `tickets` is the table of
    `ticket_facts`.
    """
    last = (
        events.messages.filter((pl.col("role") == "bot") & pl.col("public"))
        .group_by("row")
        .agg(last_bot_message_at=pl.col("sent_at").max())
    )
    wrote = events.messages.filter(pl.col("customer") & pl.col("public")).select("row", "sent_at")
    asked_on = (
        wrote.join(last, on="row")
        .filter(pl.col("sent_at") > pl.col("last_bot_message_at"))
        .select("row", asked_on=True)
        .unique()
    )
    parts = (last, asked_on, _verdicts(history, tickets))
    found = pl.concat(
        [
            tickets.select("public_agent_comments", "handoffs"),
            *(of_each(part, len(tickets)) for part in parts),
        ],
        how="horizontal",
    )
    outcome = (
        pl.when(pl.col("last_bot_message_at").is_null())
        .then(None)
        .when((pl.col("public_agent_comments") > 0) | (pl.col("handoffs") > 0))
        .then(pl.lit("person"))
        .when("good")
        .then(pl.lit("confirmed"))
        .when(~pl.col("good"))
        .then(pl.lit("refused"))
        .when("asked_on")
        .then(pl.lit("unanswered"))
        .otherwise(pl.lit("assumed"))
    )
    return {
        "last_bot_message_at": found["last_bot_message_at"],
        "bot_outcome": found.select(bot_outcome=outcome).to_series(),
    }


def _verdicts(history: History, tickets: pl.DataFrame) -> pl.DataFrame:
    """One row a ticket with such an answer: whether the last one is `good`."""
    return (
        history.surveys.filter(
            pl.col("kind").is_in(ANSWERS)
            & pl.col("removed_reason").is_null()
            & pl.col("answered_at").is_not_null()
        )
        .select("source", "ticket_id", "answered_at", "id", good=is_good(pl.col("score")))
        .drop_nulls("good")
        .join(tickets.select("row", "source", "ticket_id"), on=["source", "ticket_id"])
        .sort("answered_at", "id")
        .unique("row", keep="last", maintain_order=True)
        .select("row", "good")
    )

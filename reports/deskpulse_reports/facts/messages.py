"""Messages in order, and what each of them counts as."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from deskpulse_reports.facts.lines import first_in_ticket, last_in_ticket, numbered, of_each
from deskpulse_reports.facts.words import BY_ID

if TYPE_CHECKING:
    from deskpulse_reports.facts.history import History
    from deskpulse_reports.facts.roles import Roles


def ordered_messages(history: History, tickets: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Messages by ticket row and instant; at one instant customers' first, agents' next.

    `customer` and `agent` mark messages that a person wrote: automatic ones, bots and systems are
    neither. `creation`: the first message of a ticket, if an agent wrote it as the ticket was
    made. `reply`: an agent's public message but the creation message. `answers`: a reply that can
    be the first, so not one from before the ticket (clocks of vendors disagree). `chat`: it was
    written in a chat or messenger.
    """
    person = ~pl.col("auto")
    written = numbered(
        history.messages.rename({"channel": "own_channel"}),
        tickets,
        *("created_at", "requester_id", "channel"),
    )
    return (
        roles.added(written, person="author_id", stated="author_role", instant="sent_at")
        .select(
            "row",
            "id",
            "sent_at",
            "created_at",
            "author_id",
            "role",
            "public",
            "auto",
            chat=pl.coalesce("own_channel", "channel").is_in(["chat", "messaging"]),
            customer=((pl.col("role") == "customer") & person).fill_null(value=False),
            agent=((pl.col("role") == "agent") & person).fill_null(value=False),
        )
        .sort(
            "row",
            "sent_at",
            pl.when("customer").then(0).when("agent").then(1).otherwise(2),
            *BY_ID,
            maintain_order=True,  # quicker: they come in order, but for a few
        )
        .with_columns(
            creation=first_in_ticket()
            & pl.col("agent")
            & (pl.col("sent_at") == pl.col("created_at"))
        )
        .with_columns(reply=pl.col("agent") & pl.col("public") & ~pl.col("creation"))
        .with_columns(answers=pl.col("reply") & (pl.col("sent_at") >= pl.col("created_at")))
    )


def message_counts(messages: pl.DataFrame, tickets: int) -> pl.DataFrame:
    """One row a ticket, of so many: counts, and who began it where that can be told.

    Columns: row, agent_replies, public_agent_comments, internal_notes, customer_messages,
    public_messages, bot_messages, began_by (agent, customer, system or null), last_response_at.
    """
    public = pl.col("public")
    began = (
        pl.when(pl.col("creation"))
        .then(pl.lit("agent"))
        .when(pl.col("role") == "customer")
        .then(pl.lit("customer"))
        .when(pl.col("role").is_in(["bot", "system"]) | pl.col("auto"))
        .then(pl.lit("system"))
    )
    answer = pl.col("agent") & public
    marks = messages.select(
        agent_replies="reply",
        public_agent_comments=answer,
        internal_notes=~public,
        customer_messages=pl.col("customer") & public,
        public_messages=public,
        bot_messages=(pl.col("role") == "bot").fill_null(value=False) & public,
    )
    row = messages["row"].to_numpy()
    counts = pl.DataFrame(
        {mark.name: np.bincount(row[mark.to_numpy()], minlength=tickets) for mark in marks}
    )
    beginners = messages.filter(first_in_ticket()).select("row", began_by=began)
    answers = messages.filter(answer).filter(last_in_ticket())
    last_response = answers.select("row", last_response_at="sent_at")
    return pl.concat(
        [
            counts.with_row_index("row"),
            of_each(beginners, tickets),
            of_each(last_response, tickets),
        ],
        how="horizontal",
    )


def further_messages(messages: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """One row a ticket whose customer wrote publicly after its first answer: how often.

    `answers` has row and answered_at.
    """
    wrote = messages.filter(pl.col("customer") & pl.col("public")).select("row", "sent_at")
    return (
        wrote.join(answers, on="row")
        .filter(pl.col("sent_at") > pl.col("answered_at"))
        .group_by("row")
        .agg(further_customer_messages=pl.len())
    )


def agents_involved(messages: pl.DataFrame) -> pl.DataFrame:
    """One row a ticket on which agents wrote: `agents_involved`, how many."""
    wrote = messages.filter("agent").select("row", "author_id").drop_nulls().unique()
    return wrote.group_by("row").agg(agents_involved=pl.len())


def first_answers(messages: pl.DataFrame) -> pl.DataFrame:
    """One row a ticket that was answered: `answered_at` and `answered_by`."""
    return (
        messages.filter("answers")
        .filter(first_in_ticket())
        .select("row", answered_at="sent_at", answered_by="author_id")
    )

"""Numbers of different moments: ours, or the vendor's, are older than the other side's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from deskpulse_reports.reconcile.case import Case, business, family
from deskpulse_reports.reconcile.cause import FOUND, Supposition
from deskpulse_reports.reconcile.compared import WAITING
from deskpulse_reports.reconcile.pairs import same, tolerance

MOST_MOMENTS = 20
"""How many events back a ticket is looked at."""
_MARK = "\x1f"
_GROWS = [*WAITING, "agent_replies", "public_agent_comments", "internal_notes", "reopens"]


def _as_it_is(case: Case) -> Iterator[Case]:
    yield case


FACTS_OUT_OF_DATE = Supposition(
    name="facts_out_of_date",
    text="our facts are older than the records in the store",
    hint="Run `deskpulse derive`.",
    suppose=_as_it_is,
    clock="either",
)


def moments(case: Case) -> Case:
    """Every ticket as it was after each of its earlier events: copies called `id, mark, instant`.

    The latest state is left out; at most `MOST_MOMENTS` copies a ticket.
    """
    history = case.history
    events = pl.concat(
        [
            history.messages.select("ticket_id", instant="sent_at"),
            history.changes.select("ticket_id", instant="changed_at"),
        ]
    )
    steps = (
        events.join(history.tickets.select(ticket_id="id"), on="ticket_id", how="semi")
        .unique()
        .sort("ticket_id", "instant")
        .filter(pl.col("instant") < pl.col("instant").max().over("ticket_id"))
        .group_by("ticket_id", maintain_order=True)
        .tail(MOST_MOMENTS)
        .with_columns(copy=pl.concat_str("ticket_id", pl.lit(_MARK), "instant"))
    )

    def until(frame: pl.DataFrame, instant: str) -> pl.DataFrame:
        told = frame.join(steps.rename({"instant": "moment"}), on="ticket_id")
        kept = told.filter(pl.col(instant) <= pl.col("moment"))
        copied = kept.with_columns(ticket_id="copy", id=pl.concat_str("copy", "id"))
        return copied.select(frame.columns)

    tickets = history.tickets.join(steps, left_on="id", right_on="ticket_id").with_columns(
        id="copy",
        status=pl.lit("new"),
        removed_at=pl.lit(None, pl.Int64),
        removed_reason=pl.lit(None, pl.String),
        merged_into=pl.lit(None, pl.String),
        **{
            name: pl.when(pl.col(name) <= pl.col("instant")).then(name)
            for name in ("first_reply_at", "solved_at", "closed_at")
        },
    )
    return case.having(
        tickets=tickets.select(history.tickets.columns),
        messages=until(history.messages, "sent_at"),
        changes=until(history.changes, "changed_at"),
        surveys=history.surveys.clear(),
    )


def _of_moments(pairs: pl.DataFrame, case: Case) -> pl.DataFrame:
    """The pairs with the value of every earlier moment: columns moment (micros) and value."""
    facts = moments(case).facts(sorted(set(pairs["metric"])))
    split = pl.col("ticket_id").str.split_exact(_MARK, 1)
    placed = facts.with_columns(
        ticket_id=split.struct.field("field_0"),
        moment=split.struct.field("field_1").cast(pl.Int64),
    )
    return pairs.join(placed, on=["ticket_id", "metric"])


def _said(moment: pl.Expr) -> pl.Expr:
    text = pl.from_epoch(moment, time_unit="us").dt.strftime("%Y-%m-%d %H:%M:%S")
    return pl.concat_str(pl.lit("as of "), text, pl.lit(" UTC"))


@dataclass(frozen=True)
class Stale:
    """The vendor's numbers are those of an earlier moment: all of the ticket's fit together."""

    name: str = "stale"
    text: str = "the vendor's numbers are older than our data of the ticket"
    hint: str = "Run `deskpulse sync`; a vendor may also be late with its own numbers."

    def find(self, open_: pl.DataFrame, pairs: pl.DataFrame, case: Case) -> pl.DataFrame:
        """See `Cause.find`."""
        whole = pairs.join(self._possible(pairs), on="ticket_id", how="semi")
        if whole.is_empty():
            return pl.DataFrame(schema=FOUND)
        known = _of_moments(whole, case.only(whole))
        at = (
            known.group_by("ticket_id", "moment")
            .agg(fit=same("value").all())
            .filter("fit")
            .group_by("ticket_id")
            .agg(pl.col("moment").max())
        )
        return open_.join(at, on="ticket_id").select(
            "ticket_id", "metric", detail=_said(pl.col("moment")), whole=pl.lit(value=True)
        )

    def _possible(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Tickets whose numbers may be earlier ones: what only grows is not larger there."""
        ahead = family().is_in(_GROWS) & (
            pl.col("theirs") - pl.col("ours") >= tolerance()
        ).fill_null(value=False)
        wrong = (pl.col("verdict") != "equal") & ~business()
        return (
            pairs.group_by("ticket_id")
            .agg(ahead=ahead.any(), wrong=wrong.any())
            .filter(pl.col("wrong") & ~pl.col("ahead"))
        )


@dataclass(frozen=True)
class EarlierResolution:
    """The vendor's last resolution is an earlier one of ours. `reopened`: ours is null by now."""

    name: str
    text: str
    hint: str
    reopened: bool

    def find(self, open_: pl.DataFrame, pairs: pl.DataFrame, case: Case) -> pl.DataFrame:
        """See `Cause.find`."""
        del pairs
        mine = pl.col("ours").is_null() if self.reopened else pl.col("ours").is_not_null()
        asked = open_.filter(
            (family() == "full_resolution") & pl.col("theirs").is_not_null() & mine
        )
        if asked.is_empty():
            return pl.DataFrame(schema=FOUND)
        known = _of_moments(asked, case.only(asked)).filter(same("value"))
        return (
            known.group_by("ticket_id", "metric")
            .agg(pl.col("moment").min())
            .select("ticket_id", "metric", detail=_said(pl.col("moment")), whole=pl.lit(value=True))
        )


SOLVED_AGAIN = EarlierResolution(
    name="solved_again",
    text="the vendor's number ends at an earlier solve; the ticket was solved again later",
    hint="Ours ends at the last solve; compare with `first_resolution_s` for the first.",
    reopened=False,
)
REOPENED = EarlierResolution(
    name="reopened",
    text="the ticket was reopened: the vendor keeps the last solve, ours is null until it is "
    "solved again",
    hint="Nothing is wrong; it agrees again once the ticket is solved.",
    reopened=True,
)

__all__ = ["FACTS_OUT_OF_DATE", "REOPENED", "SOLVED_AGAIN", "Stale", "moments"]

"""The history behind some disagreements, and the same history as a vendor may have seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from deskpulse_reports.facts import History, Settings, derive
from deskpulse_reports.reconcile.compared import COMPARED

ID = {"id": "ticket_id"}


@dataclass(frozen=True)
class Case:
    """Tickets of one source with all that happened to them, and how facts are derived of it.

    `label` says in a few words what was supposed; empty for what we hold to be true.
    """

    history: History
    settings: Settings
    label: str = ""

    @property
    def tickets(self) -> pl.DataFrame:
        """Source, ticket_id and what else a ticket has."""
        return self.history.tickets.rename(ID)

    @property
    def empty(self) -> bool:
        """Whether there is no ticket in it."""
        return self.history.tickets.is_empty()

    def only(self, tickets: pl.DataFrame | pl.Series) -> Case:
        """The case of the tickets in `tickets` (ids, or a frame with ticket_id) alone."""
        ids = (tickets if isinstance(tickets, pl.Series) else tickets["ticket_id"]).unique()
        kept = self.history.tickets.filter(pl.col("id").is_in(ids.implode()))
        return self.having(tickets=kept)

    def having(self, label: str = "", **frames: pl.DataFrame) -> Case:
        """The same with other frames of its history."""
        return replace(self, history=replace(self.history, **frames), label=label or self.label)

    def under(self, settings: Settings, label: str = "") -> Case:
        """The same by other rules."""
        return replace(self, settings=settings, label=label or self.label)

    def facts(self, names: Sequence[str]) -> pl.DataFrame:
        """Its facts in long form: ticket_id, metric, value."""
        found = derive(self.history, self.settings).tickets
        return found.select(
            "ticket_id", *(pl.col(name).cast(pl.Float64) for name in names)
        ).unpivot(names, index="ticket_id", variable_name="metric", value_name="value")


def business(metric: str = "metric") -> pl.Expr:
    """Whether a metric is by the business clock."""
    names = [fact for fact, each in COMPARED.items() if each.clock == "business"]
    return pl.col(metric).is_in(names)


def family(metric: str = "metric") -> pl.Expr:
    """The metric without its clock."""
    return pl.col(metric).replace_strict(
        {fact: each.family for fact, each in COMPARED.items()}, return_dtype=pl.String
    )

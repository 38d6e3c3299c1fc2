"""A cause of disagreement: why a vendor's number may differ from ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import polars as pl

from deskpulse_reports.reconcile.case import Case, business, family
from deskpulse_reports.reconcile.compared import COMPARED
from deskpulse_reports.reconcile.pairs import EQUAL, same

FOUND = {
    "ticket_id": pl.String,
    "metric": pl.String,
    "detail": pl.String,
    "whole": pl.Boolean,
}
"""What finding returns: the disagreements that a cause accounts for, and a few more words.

`whole`: it fits the ticket's other numbers too, those that agree included.
"""

Suppose = Callable[[Case], Iterable[Case]]
"""From the case as we know it to what the vendor may have seen; only the tickets it changes."""


class Cause(Protocol):
    """What may be the matter: a name, a sentence, and what to do about it."""

    @property
    def name(self) -> str:
        """One word for tables and programs."""
        ...

    @property
    def text(self) -> str:
        """What is the matter, in one sentence."""
        ...

    @property
    def hint(self) -> str:
        """What to do."""
        ...

    def find(self, open_: pl.DataFrame, pairs: pl.DataFrame, case: Case) -> pl.DataFrame:
        """Those of the `open_` disagreements that this cause reproduces, as `FOUND`.

        `pairs` are all pairs of these tickets, agreeing ones included.
        """
        ...


@dataclass(frozen=True)
class Supposition:
    """A cause that is proved by deriving again.

    `suppose` changes the history or the rules into what the vendor may have seen; where the facts
    of that are the vendor's number, the cause accounts for the disagreement. `families`: the facts
    it can change; none: all. `clock`: "business" for causes that lie in the hours alone, so the
    calendar clock agrees; "both" for those that it would show too; "either": no matter.
    """

    name: str
    text: str
    hint: str
    suppose: Suppose
    families: frozenset[str] = frozenset()
    clock: Literal["both", "business", "either"] = "both"

    def find(self, open_: pl.DataFrame, pairs: pl.DataFrame, case: Case) -> pl.DataFrame:
        """See `Cause.find`."""
        key = ["ticket_id", "metric"]
        asked = self._within(open_, pairs)
        if self.clock == "both":
            asked = asked.join(twins(pairs, agree=True), on=key, how="anti")
        scope = self._within(pairs, pairs).join(asked, on="ticket_id", how="semi")
        if self.clock == "both":  # business hours may differ for a reason of their own
            scope = scope.filter(~business())
        found = [pl.DataFrame(schema=FOUND)]
        for supposed in self.suppose(case.only(asked)) if asked.height else ():
            if supposed.empty or asked.is_empty():
                continue
            fitting = _fitting(asked, scope, supposed)
            found.append(fitting)
            asked = asked.join(fitting.filter("whole"), on="ticket_id", how="anti")
        return pl.concat(found).sort("whole", descending=True).unique(key, keep="first")

    def _within(self, rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
        """The rows that this cause can change."""
        if self.families:
            rows = rows.filter(family().is_in(list(self.families)))
        if self.clock != "business":
            return rows
        key = ["ticket_id", "metric"]
        return rows.filter(business()).join(twins(pairs, agree=False), on=key, how="anti")


def _fitting(asked: pl.DataFrame, scope: pl.DataFrame, supposed: Case) -> pl.DataFrame:
    """The disagreements for which the supposed case gives the vendor's number, as `FOUND`."""
    metrics = sorted({*asked["metric"], *scope["metric"]})
    facts = supposed.facts(metrics)
    contradicted = scope.join(facts, on=["ticket_id", "metric"]).filter(~same("value"))
    return (
        asked.join(facts, on=["ticket_id", "metric"])
        .filter(same("value"))
        .select(
            "ticket_id",
            "metric",
            detail=pl.lit(supposed.label),
            whole=~pl.col("ticket_id").is_in(contradicted["ticket_id"].implode()),
        )
    )


def twins(pairs: pl.DataFrame, *, agree: bool) -> pl.DataFrame:
    """The business facts whose calendar twin agrees, or does not: ticket_id, metric."""
    named = {
        each.fact: f"{each.family}_business_s"
        for each in COMPARED.values()
        if each.clock == "calendar"
    }
    return pairs.filter(
        pl.col("metric").is_in(list(named)) & ((pl.col("verdict") == EQUAL) == agree)
    ).select("ticket_id", metric=pl.col("metric").replace(named))

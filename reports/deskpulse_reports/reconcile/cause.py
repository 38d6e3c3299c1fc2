"""A cause of disagreement: why a vendor's number may differ from ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import polars as pl

from deskpulse_reports.reconcile.case import Case, business, family
from deskpulse_reports.reconcile.compared import COMPARED
from deskpulse_reports.reconcile.pairs import EQUAL, same

FOUND = {"ticket_id": pl.String, "metric": pl.String, "detail": pl.String}
"""What finding returns: the disagreements that a cause accounts for, with a few more words."""

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
        asked = self._concerned(open_, pairs)
        found = [pl.DataFrame(schema=FOUND)]
        for supposed in self.suppose(case.only(asked)) if asked.height else ():
            if supposed.empty or asked.is_empty():
                continue
            fitting = fits(asked, supposed)
            found.append(fitting)
            asked = asked.join(fitting, on=["ticket_id", "metric"], how="anti")
        return pl.concat(found)

    def _concerned(self, open_: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
        if self.families:
            open_ = open_.filter(family().is_in(list(self.families)))
        if self.clock == "either":
            return open_
        key = ["ticket_id", "metric"]
        if self.clock == "business":
            return open_.filter(business()).join(twins(pairs, agree=False), on=key, how="anti")
        return open_.join(twins(pairs, agree=True), on=key, how="anti")


def fits(asked: pl.DataFrame, supposed: Case) -> pl.DataFrame:
    """The disagreements for which the supposed case gives the vendor's number, as `FOUND`."""
    facts = supposed.facts(sorted(set(asked["metric"])))
    return (
        asked.join(facts, on=["ticket_id", "metric"])
        .filter(same("value"))
        .select("ticket_id", "metric", detail=pl.lit(supposed.label))
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

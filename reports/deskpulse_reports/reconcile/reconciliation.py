"""Compare a source's facts with the vendor's own numbers, and say why they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import text

from deskpulse.store import Store
from deskpulse.store.history import HistoryReader, reading
from deskpulse.store.ranges import IdRange, ranges
from deskpulse_reports.facts import Settings
from deskpulse_reports.mart.manifest import Manifest
from deskpulse_reports.mart.stored import history_of
from deskpulse_reports.reconcile.agreement import Agreement, Tally
from deskpulse_reports.reconcile.case import Case
from deskpulse_reports.reconcile.circumstances import UNKNOWN
from deskpulse_reports.reconcile.compared import COMPARED
from deskpulse_reports.reconcile.explain import explain
from deskpulse_reports.reconcile.ours import facts_in
from deskpulse_reports.reconcile.pairs import DIFFERS, EQUAL, pairs
from deskpulse_reports.reconcile.reasons import REASONS

RANGE = 50_000
"""Tickets compared at once: bounds the memory."""
AT_ONCE = 5_000
"""Tickets explained at once."""

Watch = Callable[[int, int], None]
"""Called with (tickets compared, tickets in all)."""

_EXPLAINED = {
    "ticket_id": pl.String,
    "metric": pl.String,
    "ours": pl.Float64,
    "theirs": pl.Float64,
    "verdict": pl.String,
    "reason": pl.String,
    "detail": pl.String,
    "reproduced": pl.Boolean,
}


@dataclass(frozen=True)
class Reconciliation:
    """What came of comparing one source.

    `derived_at`: when our facts were derived. `tickets`: how many both sides know;
    `without_facts`: of how many the vendor has numbers and we have no facts. `not_compared`:
    metrics of the vendor that are named after no fact of ours. `disagreements` has a row for each:
    ticket_id, metric, ours, theirs (seconds or a count), verdict, reason, detail, reproduced; the
    doubtful ones come first.
    """

    source: str
    derived_at: str
    tickets: int
    without_facts: int
    agreements: tuple[Agreement, ...]
    not_compared: tuple[str, ...]
    disagreements: pl.DataFrame = field(repr=False)

    def reasons(self) -> list[dict[str, Any]]:
        """Each reason, most frequent first.

        Keys: reason, text, hint, n (numbers), tickets, reproduced (how many of n the reason gives
        exactly), example (a ticket id).
        """
        counted = (
            self.disagreements.group_by("reason")
            .agg(
                n=pl.len(),
                tickets=pl.col("ticket_id").n_unique(),
                reproduced=pl.col("reproduced").sum(),
                example=pl.col("ticket_id").first(),
            )
            .sort("n", "reason", descending=[True, False])
        )
        return [
            {
                "reason": row["reason"],
                "text": REASONS[row["reason"]].text,
                "hint": REASONS[row["reason"]].hint,
                **{name: row[name] for name in ("n", "tickets", "reproduced", "example")},
            }
            for row in counted.iter_rows(named=True)
        ]

    def by_ticket(self) -> list[dict[str, Any]]:
        """Each ticket with a disagreement: ticket_id, metrics, reasons."""
        grouped = self.disagreements.group_by("ticket_id", maintain_order=True).agg(
            metrics=pl.col("metric"), reasons=pl.col("reason").unique(maintain_order=True)
        )
        return list(grouped.iter_rows(named=True))

    def to_json(
        self, most: int | None = None, tickets: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """Plain values; `most` disagreements (None: all), and `by_ticket` if it is given."""
        rows = self.disagreements if most is None else self.disagreements.head(most)
        told = {
            "source": self.source,
            "derived_at": self.derived_at,
            "tickets": self.tickets,
            "without_facts": self.without_facts,
            "not_compared": self.not_compared,
            "metrics": [each.to_json() for each in self.agreements],
            "reasons": self.reasons(),
            "total": self.disagreements.height,
            "disagreements": rows.to_dicts(),
        }
        return told if tickets is None else {**told, "by_ticket": tickets}


@dataclass(frozen=True)
class Reconcile:
    """Compares the mart at `folder` with the vendor's numbers in `store`.

    `settings` are those that facts are derived with.
    """

    store: Store
    folder: Path
    manifest: Manifest
    settings: Settings

    def run(
        self, source: str, facts: Sequence[str], watch: Watch = lambda _done, _all: None
    ) -> Reconciliation:
        """Compare these facts (see `compared.chosen`) of one source, ticket by ticket.

        What the vendor says of a ticket's other facts helps to tell one cause from another, so
        all are read whatever is asked for.
        """
        reported = self._reported(source)
        names = [fact for fact in COMPARED if fact in reported]
        asked = pl.col("metric").is_in(facts)
        ours = facts_in(self.folder, self.manifest, source, names)
        tally, parts, unknown = Tally(), [pl.DataFrame(schema=_EXPLAINED)], 0
        compared = 0
        with reading(self.store) as reader:
            for part in self._ranges(source):
                theirs = reader.vendor_metrics(part).rename({"value_s": "value"})
                theirs = theirs.filter(pl.col("metric").is_in(names))
                known = theirs["ticket_id"].is_in(ours["ticket_id"].implode())
                unknown += theirs.filter(~known)["ticket_id"].n_unique()
                compared += theirs.filter(known)["ticket_id"].n_unique()
                both = pairs(ours, theirs, names)
                tally.add(both.filter(asked))
                for explained in self._explained(reader, source, both, asked):
                    tally.explain(explained)
                    parts.append(explained.select(list(_EXPLAINED)))
                watch(compared, ours.height)
        return Reconciliation(
            source=source,
            derived_at=self.manifest.derived_at,
            tickets=compared,
            without_facts=unknown,
            agreements=tally.agreements(),
            not_compared=tuple(sorted(reported - set(COMPARED))),
            disagreements=_doubtful_first(pl.concat(parts)),
        )

    def _explained(
        self, reader: HistoryReader, source: str, both: pl.DataFrame, asked: pl.Expr
    ) -> Iterator[pl.DataFrame]:
        differs = pl.col("verdict") != EQUAL
        differing = both.filter(differs & asked)["ticket_id"].unique().sort()
        for start in range(0, len(differing), AT_ONCE):
            ids = differing[start : start + AT_ONCE]
            frames = reader.tickets(source, ids.to_list())
            history = history_of(frames, reader.people_of(source, frames))
            concerned = both.filter(pl.col("ticket_id").is_in(ids.implode()))
            yield explain(concerned, Case(history, self.settings)).filter(asked)

    def _reported(self, source: str) -> frozenset[str]:
        sql = text("SELECT DISTINCT metric FROM vendor_metric WHERE source = :source")
        with self.store.reading() as connection:
            return frozenset(row[0] for row in connection.execute(sql, {"source": source}))

    def _ranges(self, source: str) -> list[IdRange]:
        found = [part for part in ranges(self.store, RANGE) if part.source == source]
        return found or [IdRange(source, "", None)]


def _doubtful_first(explained: pl.DataFrame) -> pl.DataFrame:
    """Unknown reasons, then probable ones, then those that are sure; by ticket."""
    known, differs = pl.col("reason") != UNKNOWN.name, pl.col("verdict") == DIFFERS
    length = pl.col("ticket_id").str.len_bytes()
    return explained.sort(known, "reproduced", ~differs, length, "ticket_id", "metric")

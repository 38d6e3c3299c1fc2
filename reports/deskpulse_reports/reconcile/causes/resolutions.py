"""What counts as a resolution, and what becomes of tickets that went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from deskpulse_reports.facts import SourceRules
from deskpulse_reports.reconcile.case import Case
from deskpulse_reports.reconcile.cause import Supposition
from deskpulse_reports.reconcile.compared import RESOLUTIONS


def _closing_counts(case: Case) -> Iterator[Case]:
    changes = case.history.changes
    closes = (pl.col("field") == "status") & (pl.col("new") == "closed")
    stated = case.history.tickets.filter(pl.col("closed_at").is_not_null())
    closed = pl.concat([changes.filter(closes)["ticket_id"], stated["id"].alias("ticket_id")])
    solves = (pl.col("field") == "status") & (pl.col("new") == "solved")
    unsolved = pl.when(solves).then(pl.lit("pending")).otherwise("new").alias("new")
    kept = case.only(closed)
    yield kept.having(
        "the close is the resolution",
        changes=changes.with_columns(unsolved),
        tickets=kept.history.tickets.with_columns(solved_at=pl.lit(None, pl.Int64)),
    )
    settings = case.settings
    sources = {
        source: _toggled(settings.rules(source))
        for source in case.history.tickets["source"].unique().to_list()
    }
    yield kept.under(
        replace(settings, sources={**settings.sources, **sources}),
        "a close without a solve is treated the other way round",
    )


def _toggled(rules: SourceRules) -> SourceRules:
    return replace(rules, closed_counts_as_resolved=not rules.closed_counts_as_resolved)


CLOSED_VS_SOLVED = Supposition(
    name="closed_vs_solved",
    text="the vendor's resolution is the close, ours is the solve before it",
    hint="`closed_counts_as_resolved` of the source says whether a close without a solve counts.",
    suppose=_closing_counts,
    families=RESOLUTIONS,
)


def _still_there(case: Case, *, merged: bool) -> Iterator[Case]:
    reason = pl.col("removed_reason")
    by_merge = pl.col("merged_into").is_not_null() | (reason == "merged").fill_null(value=False)
    gone = by_merge if merged else pl.col("removed_at").is_not_null() & ~by_merge
    yield case.having(
        tickets=case.history.tickets.filter(gone).with_columns(
            removed_at=pl.lit(None, pl.Int64),
            removed_reason=pl.lit(None, pl.String),
            merged_into=pl.lit(None, pl.String),
        )
    )


MERGED = Supposition(
    name="merged",
    text="the ticket was merged into another: ours ends with the merge, the vendor goes on",
    hint="Merged tickets are in no KPI but `merged`; nothing is wrong.",
    suppose=lambda case: _still_there(case, merged=True),
)
DELETED = Supposition(
    name="deleted",
    text="the ticket was deleted, marked as spam or is missing: the vendor's numbers are from "
    "before that",
    hint="Such tickets are in no KPI; nothing is wrong.",
    suppose=lambda case: _still_there(case, merged=False),
)

"""From the store's columns to the history that derive works on, and on to the mart's parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from deskpulse_reports.facts import History, Settings, derive
from deskpulse_reports.facts import history as shapes
from deskpulse_reports.facts.derive import facts_of
from deskpulse_reports.facts.events import arrange
from deskpulse_reports.facts.records import record_facts
from deskpulse_reports.mart.custom import CustomType, with_customs
from deskpulse_reports.mart.parts import parts_of
from deskpulse_reports.sla.evaluate import evaluate
from deskpulse_reports.sla.kept import settled
from deskpulse_reports.sla.promises import Promises
from deskpulse_reports.sla.rows import mart_rows

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Rules:
    """All that facts depend on beside the history: what is derived, promised, and read custom."""

    settings: Settings
    customs: Mapping[str, CustomType]
    promises: Promises


_LOOSE = {"survey": "surveys", "interaction": "interactions", "worklog": "worklogs"}
"""Kinds that derive knows beside tickets, and what a history calls them."""


def history_of(frames: Frames, people: Frames) -> History:
    """`frames` of tickets and what happened to them, `people` with roles, accounts, contacts."""
    return History.of(
        frames["tickets"].with_columns(pl.col("tags").str.json_decode(pl.List(pl.String))),
        messages=frames["messages"],
        changes=frames["changes"],
        surveys=frames["surveys"],
        interactions=frames["interactions"],
        worklogs=frames["worklogs"],
        roles=people["roles"],
        accounts=people["accounts"],
        contacts=people["contacts"],
    )


def ticket_parts(
    frames: Frames,
    people: Frames,
    rules: Rules,
    stored: pl.DataFrame,
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The rows of tickets by part, and their SLA clocks as they are to be stored.

    `stored` are the clocks that the store has of them.
    """
    history = history_of(frames, people)
    events = arrange(history, rules.settings)
    facts = facts_of(events, history, rules.settings)
    clocks = evaluate(
        events,
        facts.tickets.with_row_index("row"),
        rules.settings,
        rules.promises,
        custom=frames["tickets"].select("source", "id", "custom"),
        metrics=stored["metric"].unique().to_list(),
    ).pipe(settled, stored)
    found = {
        part.name: getattr(facts, part.table) for part in parts_of("ticket") if part.name != "sla"
    }
    found["sla"] = mart_rows(clocks, facts.tickets)
    found["tickets"] = with_customs(found["tickets"], frames["tickets"], rules.customs)
    return found, clocks


def record_parts(
    kind: str, records: pl.DataFrame, tiers: pl.DataFrame, settings: Settings
) -> dict[str, pl.DataFrame]:
    """The rows of records with facts of their own, by part."""
    if kind not in _LOOSE:
        (part,) = parts_of(kind)
        return {part.name: record_facts(kind, records, tiers, settings.zone)}
    alone = History.of(pl.DataFrame(schema=dict(shapes.TICKETS)), **{_LOOSE[kind]: records})
    facts = derive(alone, settings)
    return {part.name: getattr(facts, part.table) for part in parts_of(kind)}

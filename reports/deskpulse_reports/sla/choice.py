"""Which policy applies, and what it targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import polars as pl

from deskpulse.records.tickets import Priority
from deskpulse_reports.facts.facts import MICROS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskpulse.calendars import Calendars
    from deskpulse_reports.sla.policy import Policy, Target

NONE = ""
"""Stands for "without a priority"."""
PRIORITIES = (*get_args(Priority), NONE)


def chosen(policies: Sequence[Policy]) -> pl.Expr:
    """The place of the first policy whose filter holds, on rows of `situations`; null: none."""
    choice = pl.lit(None, pl.Int64)
    for place, policy in reversed(list(enumerate(policies))):
        holds = policy.filter.holds()
        if policy.sources is not None:
            holds = holds & pl.col("source").is_in(sorted(policy.sources))
        choice = pl.when(holds).then(pl.lit(place, pl.Int64)).otherwise(choice)
    return choice


def targets(policies: Sequence[Policy], calendars: Calendars) -> pl.DataFrame:
    """One row a policy (its place), metric and priority that has a target.

    Columns: policy, metric, priority ("" for none), target (microseconds), business, and own, the
    number of the policy's calendar, or null for the ticket's.
    """
    rows = []
    for place, policy in enumerate(policies):
        own = None if policy.calendar is None else calendars.number(policy.calendar)
        found: dict[tuple[str, str], Target] = {}
        for target in sorted(policy.targets, key=lambda each: each.priority is not None):
            named = PRIORITIES if target.priority is None else (target.priority,)
            found |= {(target.metric, priority): target for priority in named}
        rows += [
            (
                place,
                metric,
                priority,
                round(target.seconds * MICROS),
                target.clock == "business",
                own,
            )
            for (metric, priority), target in found.items()
        ]
    schema = {
        "policy": pl.Int64,
        "metric": pl.String,
        "priority": pl.String,
        "target": pl.Int64,
        "business": pl.Boolean,
        "own": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")

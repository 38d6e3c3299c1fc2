"""From a history to its facts: the same function for one ticket and for a million."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskpulse_reports.facts import schema
from deskpulse_reports.facts.activities import activity_rows, together
from deskpulse_reports.facts.bots import bot_outcomes
from deskpulse_reports.facts.effort import effort, reply_times
from deskpulse_reports.facts.events import Events, arrange
from deskpulse_reports.facts.facts import Facts, in_schema
from deskpulse_reports.facts.interactions import interaction_rows
from deskpulse_reports.facts.reactions import reaction_rows
from deskpulse_reports.facts.replies import reply_rows
from deskpulse_reports.facts.stages import stage_facts, stage_spans
from deskpulse_reports.facts.surveys import survey_facts
from deskpulse_reports.facts.ticket_facts import ticket_facts

if TYPE_CHECKING:
    from deskpulse_reports.facts.history import History
    from deskpulse_reports.facts.settings import Settings


def derive(history: History, settings: Settings) -> Facts:
    """The facts of these tickets; pure, and independent of the order of rows and of "now".

    Deriving tickets together or one by one gives the same rows. Raises `ConfigError` if a setting
    names a calendar that does not exist.
    """
    return facts_of(arrange(history, settings), history, settings)


def facts_of(events: Events, history: History, settings: Settings) -> Facts:
    """The fact tables of an arranged history."""
    spans = stage_spans(events.statuses, events.holders, events.tickets, events.clock)
    tickets = ticket_facts(events, spans, history, settings)
    interactions = interaction_rows(history.interactions, tickets, settings)
    activities = activity_rows(events, tickets, history.worklogs, interactions)
    replies = reply_rows(events, tickets)
    efforts = effort(activities, interactions, len(tickets)) | reply_times(replies, tickets)
    efforts |= bot_outcomes(events, history, tickets)
    if not settings.subjects:
        efforts["subject"] = pl.Series([None] * len(tickets), dtype=pl.String)
    return Facts(
        tickets=in_schema(tickets.with_columns(**efforts), schema.TICKETS),
        replies=in_schema(replies, schema.REPLIES),
        reactions=in_schema(reaction_rows(events, tickets), schema.REACTIONS),
        stages=stage_facts(spans, tickets),
        surveys=survey_facts(history, tickets, events.holders),
        interactions=in_schema(interactions, schema.INTERACTIONS),
        activities=together(activities),
    )

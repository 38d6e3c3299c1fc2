"""What is unsolved, and how that number moves.

Backlog, inflow and outflow read the same spans, so that backlog at the end of a day is always the
backlog of the day before, plus the day's inflow, minus its outflow. A ticket that was deleted or
merged away counts until it went: what a report said yesterday stays true.
"""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure, Stock

_UNSOLVED = "status in ('new', 'open', 'pending', 'on_hold')"
_SPLIT = "Agent, team and stage are those of the span itself."
_SOURCE = (
    "Fivetran's dbt_zendesk ticket backlog (unsolved tickets per day), taken at local midnight at "
    "the end of the day."
)


def _age(name: str, title: str, words: str, since: str, counted: str) -> Stock:
    return Stock(
        id=name,
        title=title,
        definition=words,
        direction="lower",
        table="unsolved",
        include_removed=True,
        starts="started_at",
        ends="ended_at",
        age=since,
        time_words="now",
        population=f"{counted} {_SPLIT}",
        source="Fivetran's dbt_zendesk: unsolved ticket age, and age since update.",
    )


BACKLOG = (
    Stock(
        id="backlog",
        title="Backlog",
        definition="Tickets unsolved at the end of the period: new, open, pending or on hold.",
        direction="lower",
        table="stages",
        filter="unsolved",
        include_removed=True,
        starts="started_at",
        ends="ended_at",
        time_words="end of the period",
        population=f"Unsolved tickets, until they are removed; closed counts as out. {_SPLIT}",
        source=_SOURCE,
    ),
    Measure(
        id="inflow",
        title="Backlog inflow",
        definition="How often a ticket came into the backlog: created, reopened or restored.",
        table="stages",
        value="count(*)",
        filter="enters",
        include_removed=True,
        time="started_at",
        time_words="entry into the backlog",
        population=f"Entries, so a ticket reopened twice counts three times. {_SPLIT}",
        source="Flow balance: backlog(t1) = backlog(t0) + inflow - outflow.",
    ),
    Measure(
        id="outflow",
        title="Backlog outflow",
        definition="How often a ticket left the backlog: solved, closed, merged, deleted or spam.",
        table="stages",
        value="count(*)",
        filter="leaves and ended_at is not null",
        include_removed=True,
        time="ended_at",
        time_words="exit from the backlog",
        population=f"Exits, so a ticket solved twice counts twice. {_SPLIT}",
        source="Flow balance: backlog(t1) = backlog(t0) + inflow - outflow.",
    ),
    Stock(
        id="open_tickets",
        title="Open tickets",
        definition="Tickets unsolved now: new, open, pending or on hold.",
        direction="lower",
        table="tickets",
        filter=_UNSOLVED,
        starts="created_at",
        time_words="now",
        population="Unsolved tickets. Agent and team are those of today.",
        source=_SOURCE,
    ),
    _age(
        "ticket_age",
        "Age of unsolved tickets",
        "From creation up to now, of tickets that are new, open, pending or on hold.",
        "created_at",
        "Every unsolved ticket; one that is solved has no age.",
    ),
    _age(
        "time_since_update",
        "Time since the last update",
        "From the last update up to now, of tickets that are new, open, pending or on hold.",
        "updated_at",
        "Unsolved tickets whose source says when they were last updated, by anybody or anything; "
        "asked as of the past, those updated since are left out.",
    ),
    Stock(
        id="awaiting_reply",
        title="Awaiting a reply",
        definition="Unsolved tickets with a public customer message that nobody has answered.",
        direction="lower",
        table="tickets",
        filter=f"waiting_since is not null and {_UNSOLVED}",
        starts="waiting_since",
        time_words="now",
        population=(
            "A pending ticket counts only if the customer wrote after it became pending; on hold "
            "counts, because the requester still waits. Notes and bots do not end a wait."
        ),
        dimensions={
            "waiting_stage": "status",
            "answered_before": "last_response_at is not null",
        },
        source="Chatwoot's waiting_since: the oldest customer message without a public answer.",
    ),
)

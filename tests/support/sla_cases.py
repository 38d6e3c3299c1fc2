"""The golden SLA cases (golden/sla.json) as histories, promises and calendars of our own."""

from __future__ import annotations

from typing import Any

import polars as pl

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.facts import History, Settings
from deskpulse_reports.facts.derive import facts_of
from deskpulse_reports.facts.events import arrange
from deskpulse_reports.sla import SlaClock
from deskpulse_reports.sla.condition import Filter
from deskpulse_reports.sla.evaluate import evaluate
from deskpulse_reports.sla.policy import Policy, Target
from deskpulse_reports.sla.promises import Promises
from support.golden import cases, micros, our_word

DESK = "desk"


def sla_cases(kind: str) -> list[dict[str, Any]]:
    return cases("sla", kind)


def case_calendars(given: dict[str, Any]) -> Calendars:
    schedule = given["schedule"]
    if schedule is None:
        return Calendars()
    return Calendars([Calendar(DESK, schedule["tz"], schedule["weekly"], schedule["holidays"])])


def case_promises(given: dict[str, Any], metric: str = "") -> Promises:
    """One policy for every ticket, with the case's target."""
    target = Target(metric or given["metric"], None, given["target_min"] * 60, given["clock"])
    return Promises((Policy("config/case", "case", Filter(), (target,)),))


def case_history(
    given: dict[str, Any], until: str | None = None, gone: str | None = None
) -> History:
    """What had happened by `until`; `gone` is why the ticket was removed at `ended_at`."""
    key = {"source": "s", "ticket_id": "1"}
    events = [
        (n, event)
        for n, event in enumerate(given["events"])
        if until is None or micros(event["at"]) <= micros(until)
    ]
    head: dict[str, Any] = {"source": "s", "id": "1", "created_at": micros(given["created_at"])}
    if gone is not None:
        head |= {"removed_at": micros(given["ended_at"]), "removed_reason": gone}
    status, changes = "new", []
    for n, event in events:
        if event["type"] == "status":
            new = our_word(event["value"])
            changes.append(
                {**key, "id": str(n), "changed_at": micros(event["at"]), "field": "status"}
                | {"old": status, "new": new}
            )
            status = new
    messages = [
        {**key, "id": str(n), "sent_at": micros(event["at"]), "public": event["public"]}
        | {"author_role": our_word(event["author"])}
        for n, event in events
        if event["type"] == "comment"
    ]
    return History.of(
        pl.DataFrame([head | {"status": status}]),
        messages=pl.DataFrame(messages) if messages else None,
        changes=pl.DataFrame(changes) if changes else None,
    )


def rows_of(
    history: History,
    promises: Promises,
    settings: Settings | None = None,
    custom: pl.DataFrame | None = None,
) -> list[dict[str, Any]]:
    """The promised clocks of these tickets as rows of the table, instants in microseconds."""
    settings = settings or Settings()
    events = arrange(history, settings)
    tickets = facts_of(events, history, settings).tickets.with_row_index("row")
    found = evaluate(events, tickets, settings, promises, custom=custom)
    return found.filter("promised").to_dicts()


def clocks_of(
    history: History,
    promises: Promises,
    settings: Settings | None = None,
    custom: pl.DataFrame | None = None,
) -> list[SlaClock]:
    """The promised clocks of these tickets."""
    return [SlaClock.of(row) for row in rows_of(history, promises, settings, custom)]

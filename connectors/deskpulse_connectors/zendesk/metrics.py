"""The numbers that Zendesk computes itself, kept only to reconcile ours with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from deskpulse.records import VendorMetric
from deskpulse_connectors.raw import mapping

DURATIONS: Mapping[str, str] = MappingProxyType(
    {
        "reply_time_in_minutes": "first_reply",
        "first_resolution_time_in_minutes": "first_resolution",
        "full_resolution_time_in_minutes": "full_resolution",
        "requester_wait_time_in_minutes": "requester_wait",
        "agent_wait_time_in_minutes": "agent_wait",
        "on_hold_time_in_minutes": "on_hold",
    }
)
"""Zendesk's metric by the name of our fact."""

COUNTS: Mapping[str, str] = MappingProxyType({"replies": "agent_replies", "reopens": "reopens"})
CLOCKS = (("calendar", "_s"), ("business", "_business_s"))
NOTE = "Zendesk counts whole minutes"
SECONDS_NOTE = "Zendesk's reply_time_in_seconds"


def to_metrics(ticket_id: str, metric_set: Mapping[str, Any]) -> Iterator[VendorMetric]:
    """One record a number that is defined: durations in seconds by both clocks, and counts.

    Source of the shape: the ticket metrics object of the Zendesk API (`metric_set` sideload).
    """
    seconds = mapping(metric_set.get("reply_time_in_seconds")).get("calendar")
    for key, fact in DURATIONS.items():
        values = mapping(metric_set.get(key))
        for clock, suffix in CLOCKS:
            minutes = values.get(clock)
            name = fact + suffix
            if name == "first_reply_s" and seconds is not None:
                yield _metric(ticket_id, name, seconds, "s", SECONDS_NOTE)
            elif minutes is not None:
                yield _metric(ticket_id, name, minutes * 60, "s", NOTE)
    for key, fact in COUNTS.items():
        count = metric_set.get(key)
        if count is not None:
            yield _metric(ticket_id, fact, count, "count", None)


def _metric(ticket_id: str, name: str, value: float, unit: str, note: str | None) -> VendorMetric:
    return VendorMetric.read(
        {
            "id": f"{ticket_id}-{name}",
            "ticket_id": ticket_id,
            "metric": name,
            "value_s": value,
            "unit": unit,
            "note": note,
        }
    )


def joined(body: Mapping[str, Any], tickets: list[Any]) -> list[Any]:
    """Tickets with their metric set, which is sideloaded beside them or already within them."""
    beside = body.get("metric_sets")
    if not beside:
        return tickets
    sets = {each.get("ticket_id"): each for each in beside if isinstance(each, Mapping)}
    return [
        {**ticket, "metric_set": sets[ticket["id"]]}
        if isinstance(ticket, Mapping) and ticket.get("id") in sets
        else ticket
        for ticket in tickets
    ]

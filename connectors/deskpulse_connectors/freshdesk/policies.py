"""SLA policies and business hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records import Schedule, SlaPolicy
from deskpulse_connectors.freshdesk.values import KINDS, PRIORITIES
from deskpulse_connectors.rails_zones import iana_zone
from deskpulse_connectors.raw import mapping, need

METRICS: Mapping[str, str] = MappingProxyType(
    {
        "respond_within": "first_reply_time",
        "next_respond_within": "next_reply_time",
        "resolve_within": "agent_work_time",
    }
)
"""Freshdesk's targets, in seconds. Its resolution clock stands still while a ticket waits for
somebody else (statuses whose SLA timer is off), as agent work time does."""

CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "group_ids": "group_id",
        "company_ids": "organization_id",
        "product_ids": "brand_id",
        "ticket_types": "type",
        "sources": "source",
    }
)
"""What a policy may be limited to, and the field of the condition that says so."""

ALWAYS = {"field": "priority", "operator": "present", "value": None}
"""The default policy is for every ticket, and every ticket has a priority."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"(?i)\s*(\d{1,2}):(\d{2})\s*([ap]m)?\s*")


def to_policy(raw: Any) -> SlaPolicy:
    """A policy: for which tickets, and within how many seconds by which clock.

    One that is switched off has no targets.
    """
    ident = need(raw, "id", "SLA policy")
    targets = need(raw, "sla_target", "SLA policy")
    if not isinstance(targets, Mapping):
        raise RecordRejected(f"SLA policy {ident}: sla_target is {type(targets).__name__}")
    active = raw.get("active") is not False
    return SlaPolicy.read(
        {
            "id": ident,
            "name": raw.get("name"),
            "position": raw.get("position"),
            "filter": {"all": list(_conditions(raw)), "any": []},
            "targets": list(_targets(targets)) if active else [],
        }
    )


def _conditions(raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    limits = {key: each for key, each in mapping(raw.get("applicable_to")).items() if each}
    if not limits and raw.get("is_default") is True:
        yield ALWAYS
    for key, values in limits.items():
        named = [KINDS.get(str(each).lower(), each) for each in values]
        meant = named if key == "ticket_types" else values
        yield {"field": CONDITIONS.get(key, key), "operator": "includes", "value": meant}


def _targets(targets: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for number, priority in sorted(PRIORITIES.items(), reverse=True):
        found = mapping(targets.get(f"priority_{number}"))
        for key, metric in METRICS.items():
            if found.get(key):
                yield {
                    "metric": metric,
                    "priority": priority,
                    "target_s": found[key],
                    "clock": "business" if found.get("business_hours") else "calendar",
                }


def to_schedule(raw: Any) -> Schedule:
    """Business hours: one shift a day in a zone named as Rails does.

    Holidays are taken where the answer has them as dates; accounts keep others in their settings.
    """
    ident = need(raw, "id", "business hours")
    hours = need(raw, "business_hours", "business hours")
    weekly = {
        day[:3]: [(_clock(each, "start_time", ident), _clock(each, "end_time", ident))]
        for day in DAYS
        if (each := mapping(mapping(hours).get(day)))
    }
    return Schedule.read(
        {
            "id": ident,
            "name": raw.get("name"),
            "tz": iana_zone(need(raw, "time_zone", "business hours")),
            "weekly": weekly,
            "holidays": sorted(set(_holidays(raw))),
        }
    )


def _clock(day: Mapping[str, Any], key: str, ident: Any) -> str:
    """A time such as "5:30 pm" as "17:30". An end at midnight is the end of that day."""
    found = _CLOCK.fullmatch(str(day.get(key)))
    if found is None:
        raise RecordRejected(
            f'business hours {ident}: {key} is {day.get(key)!r}; allowed: a time such as "8:00 am"'
        )
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if key == "end_time" and (hour, minute) in ((0, 0), (23, 59)):
        return "24:00"
    return f"{hour:02d}:{minute:02d}"


def _holidays(raw: Mapping[str, Any]) -> Iterator[date]:
    for each in raw.get("holidays") or ():
        try:
            yield date.fromisoformat(str(mapping(each).get("date")))
        except ValueError:
            continue

"""What an admin sets up once: ticket fields, custom statuses, SLA policies, opening hours."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators.hours import CLOSES, HOLIDAYS, OPENS, iso
from deskpulse_connectors.simulators.zendesk import ids
from deskpulse_connectors.simulators.zendesk.people import API

TARGETS_S = {
    "urgent": (1_800, 14_400),
    "high": (7_200, 43_200),
    "normal": (14_400, 115_200),
    "low": (28_800, 230_400),
}
"""By priority: first reply and requester wait of the default policy, in seconds."""


def ticket_fields(at: int) -> list[dict[str, Any]]:
    """The custom fields, of the types that the vendor calls tagger, text and checkbox."""
    described = (
        (ids.FIELD_REASON, "tagger", "Contact reason"),
        (ids.FIELD_ORDER, "text", "Order number"),
        (ids.FIELD_VIP, "checkbox", "VIP"),
    )
    return [
        {
            "url": f"{API}/ticket_fields/{ident}.json",
            "id": ident,
            "type": kind,
            "title": title,
            "raw_title": title,
            "description": title,
            "position": position,
            "active": True,
            "required": False,
            "tag": None,
            "created_at": iso(at),
            "updated_at": iso(at),
            "removable": True,
            "key": None,
        }
        for position, (ident, kind, title) in enumerate(described, 9)
    ]


def custom_statuses(at: int) -> list[dict[str, Any]]:
    """One status per category, and one more that means `hold`."""
    named = [(ident, name, name.capitalize()) for name, ident in ids.CUSTOM_STATUS.items()]
    named.append((ids.WAITING_FOR_PARTS, "hold", "Waiting for parts"))
    return [
        {
            "id": ident,
            "status_category": category,
            "agent_label": label,
            "end_user_label": label,
            "active": True,
            "default": label.lower() == category,
            "created_at": iso(at),
            "updated_at": iso(at),
        }
        for ident, category, label in named
    ]


def sla_policies(at: int) -> list[dict[str, Any]]:
    """A faster policy for VIP tickets, and one for everything else."""
    vip = {"field": "current_tags", "operator": "includes", "value": "vip"}
    anything = {"field": "status", "operator": "less_than", "value": "closed"}
    return [
        _policy(ids.POLICY_FAST, "VIP", 1, vip, share=0.5, at=at),
        _policy(ids.POLICY_DEFAULT, "Everybody", 2, anything, share=1.0, at=at),
    ]


def _policy(
    ident: int, title: str, position: int, condition: dict[str, str], *, share: float, at: int
) -> dict[str, Any]:
    metrics = []
    for priority, targets in TARGETS_S.items():
        named = zip(("first_reply_time", "requester_wait_time"), targets, strict=True)
        for name, target_s in named:
            seconds = int(target_s * share)
            metrics.append(
                {
                    "priority": priority,
                    "metric": name,
                    "target": seconds // 60,
                    "target_in_seconds": seconds,
                    "business_hours": priority != "urgent",
                }
            )
    return {
        "url": f"{API}/slas/policies/{ident}.json",
        "id": ident,
        "title": title,
        "description": None,
        "position": position,
        "filter": {"all": [condition], "any": []},
        "policy_metrics": metrics,
        "created_at": iso(at),
        "updated_at": iso(at),
    }


def schedules(at: int) -> list[dict[str, Any]]:
    """The opening hours. Intervals are minutes since Sunday 00:00 in the schedule's zone.

    The zone is a Rails name ("Berlin"), not an IANA one, as real accounts have it.
    """
    return [
        {
            "id": ids.SCHEDULE,
            "name": "Support hours",
            "time_zone": "Berlin",
            "created_at": iso(at),
            "updated_at": iso(at),
            "intervals": [
                {
                    "start_time": day * 1440 + OPENS.hour * 60,
                    "end_time": day * 1440 + CLOSES.hour * 60,
                }
                for day in range(1, 6)
            ],
        }
    ]


def holidays() -> list[dict[str, Any]]:
    """Days on which the schedule is closed; both ends included."""
    return [
        {
            "id": 1_163_027 + number,
            "name": f"Holiday {number + 1}",
            "start_date": day.isoformat(),
            "end_date": day.isoformat(),
        }
        for number, day in enumerate(HOLIDAYS)
    ]

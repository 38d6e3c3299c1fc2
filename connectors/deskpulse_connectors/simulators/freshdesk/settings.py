"""What an admin sets up once: ticket fields, SLA policies, business hours."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators.freshdesk import ids
from deskpulse_connectors.simulators.hours import iso

TARGETS_S = {4: (900, 3_600), 3: (3_600, 14_400), 2: (14_400, 86_400), 1: (86_400, 259_200)}
"""By priority: first response and resolution of the default policy, in seconds."""


def ticket_fields() -> list[dict[str, Any]]:
    """The field of statuses with its choices, and a custom field."""
    choices = {str(number): [label, label] for number, label in ids.STATUS_LABELS.items()}
    return [
        {
            "id": 1,
            "name": "status",
            "type": "default_status",
            "choices": choices,
        },
        {"id": 2, "name": "cf_reason", "type": "custom_text", "choices": []},
    ]


def sla_policies(at: int, groups: list[int]) -> list[dict[str, Any]]:
    """A faster one for a group's incidents, and the default one for every ticket."""
    limits = {"group_ids": groups[:1], "ticket_types": ["Incident"]}
    return [
        _policy(ids.POLICY, "Incidents", 1, limits, share=0.5, at=at),
        _policy(ids.DEFAULT_POLICY, "Default SLA Policy", 2, {}, share=1.0, at=at),
    ]


def _policy(
    ident: int, name: str, position: int, limits: dict[str, Any], *, share: float, at: int
) -> dict[str, Any]:
    targets = {
        f"priority_{number}": {
            "respond_within": int(respond * share),
            "resolve_within": int(resolve * share),
            "next_respond_within": int(respond * share),
            "business_hours": number < 4,
            "escalation_enabled": True,
        }
        for number, (respond, resolve) in TARGETS_S.items()
    }
    return {
        "id": ident,
        "name": name,
        "description": None,
        "active": True,
        "sla_target": targets,
        "applicable_to": limits,
        "is_default": not limits,
        "position": position,
        "created_at": iso(at),
        "updated_at": iso(at),
        "escalation": {},
    }


def business_hours(at: int) -> list[dict[str, Any]]:
    """Monday to Friday, nine to six in Berlin, as this vendor writes it."""
    day = {"start_time": "9:00 am", "end_time": "6:00 pm"}
    week = ("monday", "tuesday", "wednesday", "thursday", "friday")
    return [
        {
            "id": ids.HOURS,
            "name": "Default",
            "description": "Default business calendar",
            "is_default": True,
            "time_zone": "Berlin",
            "business_hours": {name: dict(day) for name in week},
            "created_at": iso(at),
            "updated_at": iso(at),
        }
    ]

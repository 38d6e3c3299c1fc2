"""The vendor's objects of agents, groups, contacts and companies."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators.hours import iso


def agent(
    ident: int, name: str, at: int, *, groups: list[int], occasional: bool = False
) -> dict[str, Any]:
    """An agent; the person is in `contact`."""
    mail = name.lower().replace(" ", ".") + "@desk.example"
    return {
        "available": True,
        "occasional": occasional,
        "id": ident,
        "ticket_scope": 1,
        "created_at": iso(at),
        "updated_at": iso(at),
        "last_active_at": iso(at),
        "available_since": None,
        "type": "support_agent",
        "signature": "<p>Kind regards</p>",
        "group_ids": groups,
        "contact": {
            "active": True,
            "email": mail,
            "job_title": None,
            "language": "en",
            "last_login_at": iso(at),
            "mobile": None,
            "name": name,
            "phone": None,
            "time_zone": "Berlin",
            "created_at": iso(at),
            "updated_at": iso(at),
        },
    }


def group(ident: int, name: str, at: int, hours: int | None) -> dict[str, Any]:
    """A group of agents; `hours`: its business hours, null are the account's."""
    return {
        "id": ident,
        "name": name,
        "description": "",
        "escalate_to": None,
        "unassigned_for": "30m",
        "business_hour_id": hours,
        "group_type": "support_agent_group",
        "auto_ticket_assign": 0,
        "created_at": iso(at),
        "updated_at": iso(at),
    }


def contact(ident: int, name: str, email: str, at: int, company: int | None) -> dict[str, Any]:
    """A customer."""
    return {
        "active": False,
        "address": None,
        "company_id": company,
        "csat_rating": None,
        "description": None,
        "email": email,
        "id": ident,
        "job_title": None,
        "language": "en",
        "mobile": None,
        "name": name,
        "phone": None,
        "preferred_source": "no_preference",
        "time_zone": "Berlin",
        "twitter_id": None,
        "unique_external_id": None,
        "custom_fields": {},
        "tags": [],
        "other_emails": [],
        "created_at": iso(at),
        "updated_at": iso(at),
    }


def company(ident: int, name: str, at: int, tier: str) -> dict[str, Any]:
    """A company of customers."""
    return {
        "id": ident,
        "name": name,
        "description": None,
        "note": None,
        "domains": [f"c{ident}.example"],
        "health_score": "Happy",
        "account_tier": tier,
        "renewal_date": "2027-01-01T00:00:00Z",
        "industry": None,
        "custom_fields": {"website": f"https://c{ident}.example"},
        "created_at": iso(at),
        "updated_at": iso(at),
    }

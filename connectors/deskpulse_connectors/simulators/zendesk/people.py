"""The vendor's shapes of users, organizations and groups."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators.hours import iso

API = "https://example.zendesk.com/api/v2"


def user(
    ident: int,
    name: str,
    email: str,
    role: str,
    at: int,
    *,
    organization: int | None = None,
    group: int | None = None,
    light: bool = False,
) -> dict[str, Any]:
    """A user; `light` agents may only write private comments."""
    staff = role != "end-user"
    return {
        "id": ident,
        "url": f"{API}/users/{ident}.json",
        "name": name,
        "email": email,
        "created_at": iso(at),
        "updated_at": iso(at),
        "time_zone": "Berlin",
        "iana_time_zone": "Europe/Berlin",
        "phone": None,
        "shared_phone_number": None,
        "photo": None,
        "locale_id": 8 if ident % 3 else 1,
        "locale": "de" if ident % 3 else "en-US",
        "organization_id": organization,
        "role": role,
        "verified": staff,
        "external_id": None if staff else f"crm-{ident % 100_000}",
        "tags": [],
        "alias": None,
        "active": True,
        "shared": False,
        "shared_agent": False,
        "last_login_at": iso(at) if staff else None,
        "two_factor_auth_enabled": None,
        "signature": None,
        "details": None,
        "notes": None,
        "role_type": (1 if light else 4 if role == "admin" else 0) if staff else None,
        "custom_role_id": None,
        "moderator": role == "admin",
        "ticket_restriction": None if staff else "requested",
        "only_private_comments": light,
        "restricted_agent": not staff,
        "suspended": False,
        "default_group_id": group,
        "report_csv": role == "admin",
        "user_fields": {},
    }


def organization(ident: int, name: str, domain: str, at: int) -> dict[str, Any]:
    """A customer organization."""
    return {
        "url": f"{API}/organizations/{ident}.json",
        "id": ident,
        "name": name,
        "shared_tickets": False,
        "shared_comments": False,
        "external_id": None,
        "created_at": iso(at),
        "updated_at": iso(at),
        "domain_names": [domain],
        "details": None,
        "notes": None,
        "group_id": None,
        "tags": [],
        "organization_fields": {"plan": ("basic", "plus", "enterprise")[ident % 3]},
        "deleted_at": None,
    }


def group(ident: int, name: str, at: int, *, default: bool) -> dict[str, Any]:
    """A group of agents."""
    return {
        "url": f"{API}/groups/{ident}.json",
        "id": ident,
        "is_public": True,
        "name": name,
        "description": "",
        "default": default,
        "deleted": False,
        "created_at": iso(at),
        "updated_at": iso(at),
    }

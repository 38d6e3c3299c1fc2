"""What of a ticket a policy may ask for, and where it is read."""

from __future__ import annotations

from collections.abc import Mapping

CHANGING: Mapping[str, str] = {
    "priority": "priority",
    "team": "team_id",
    "agent": "agent_id",
    "kind": "kind",
    "reason": "reason",
    "brand": "brand",
    "tags": "tags",
    "status": "status",
}
"""Fields that are read as they were at each moment, and their columns."""

STANDING: Mapping[str, str] = {
    "source": "source",
    "channel": "channel",
    "language": "language",
    "customer": "customer_id",
    "account": "account_id",
    "account_tier": "account_tier",
    "initiated_by": "initiated_by",
}
"""Fields that are read as they are now: their changes are not kept, or do not happen."""

CUSTOM = "custom."
"""Before the name of a custom field, which is read as it is now."""

FIELDS: Mapping[str, str] = {**CHANGING, **STANDING}
"""All but the custom ones."""


def column_of(field: str) -> str:
    """The column that a field is read from."""
    return FIELDS.get(field, field)

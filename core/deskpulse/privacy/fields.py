"""Where in the records people are: fields that name them, and fields that hold their words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

PEOPLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ticket": ("requester_id", "assignee_id"),
        "message": ("author_id",),
        "change": ("actor_id",),
        "customer": ("id",),
        "agent": ("id",),
        "role": ("person_id",),
        "survey": ("customer_id", "agent_id"),
        "interaction": ("customer_id", "agent_id"),
        "worklog": ("agent_id",),
        "order": ("customer_id",),
        "subscription": ("customer_id",),
        "usage": ("customer_id",),
    }
)
"""Kind -> the fields that hold the id of a person."""

ACCOUNTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ticket": ("account_id",),
        "customer": ("account_id",),
        "account": ("id",),
        "order": ("account_id",),
        "subscription": ("account_id",),
    }
)
"""Kind -> the fields that hold the id of an account: some customers are one themselves."""

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ticket": ("subject",),
        "message": ("subject", "body"),
        "change": ("old", "new"),
        "survey": ("comment",),
        "customer": ("name",),
        "agent": ("name",),
        "account": ("name",),
    }
)
"""Kind -> the fields that hold what people wrote, or are called."""

PERSON_CHANGES = frozenset({"assignee", "requester", "submitter", "customer", "author"})
"""Fields of a Change whose old and new values are people."""

FACTUAL = PERSON_CHANGES | {
    "status",
    "team",
    "schedule",
    "handoff",
    "priority",
    "kind",
    "reason",
    "brand",
    "tags",
}
"""Fields of a Change whose values the facts are made of; of others it matters only who and when."""

ADDRESS = re.compile(r"[\w.%+-]+(?:'[\w.%+-]+)*@[\w-]+(?:\.[\w-]+)+")
"""An e-mail address within a text."""

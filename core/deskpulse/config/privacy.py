"""`[privacy]`: what of people is kept, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field

from deskpulse.config.document import Document
from deskpulse.config.secrets import resolve
from deskpulse.config.tables import Span, TableModel
from deskpulse.errors import ConfigError
from deskpulse.privacy import Treatment

SHORTEST_KEY = 16
"""Characters of the key."""

Kept = Literal[
    "ticket",
    "message",
    "change",
    "survey",
    "customer",
    "interaction",
    "worklog",
    "order",
    "subscription",
    "usage",
    "measurement",
]


class PrivacyTable(TableModel):
    """`[privacy]`: what is not kept."""

    bodies: bool = Field(
        default=False, description="Whether texts of messages and survey comments are kept."
    )
    subjects: Treatment = Field(
        default="as_is", description="Subjects of tickets and messages: as_is, hashed or dropped."
    )
    addresses: Treatment = Field(
        default="as_is",
        description="E-mail addresses of people, wherever they stand: as_is, hashed or dropped.",
    )
    key: Any = Field(
        default=None,
        description="Secret of all hashes, by reference; needed for them and to erase people.",
    )
    retention: dict[Kept, Span] = Field(
        default_factory=dict,
        description='How long records are kept, by kind: { message = "730 days" }.',
    )
    keep_alerts: Span = Field(
        default=timedelta(days=180),
        ge=timedelta(days=7),
        description=(
            "How long alerts that are over and messages that arrived are kept, at least 7d; what "
            "is open, waits or was refused stays."
        ),
    )
    tapes: str = Field(
        default="tapes", description="Folder of recorded tapes, from which `erase` removes people."
    )


def read_privacy(document: Document) -> PrivacyTable:
    """The table; raises `ConfigError` for hashes without a key."""
    table = document.build(PrivacyTable, document.values.get("privacy", {}), "privacy")
    for name, value in (("subjects", table.subjects), ("addresses", table.addresses)):
        # of mail, people are known by their address only: its hash links their records
        if table.key is None and (value == "hashed" or (name, value) == ("addresses", "dropped")):
            raise ConfigError(
                f'{document.where("privacy", name)} is "{value}", which needs a key',
                hint='Write key = { env = "DESKPULSE_PRIVACY_KEY" } under [privacy].',
            )
    return table


def secret_key(table: PrivacyTable, document: Document, environ: Mapping[str, str]) -> str | None:
    """The secret of all hashes; None if there is none. Raises `ConfigError`."""
    if table.key is None:
        return None
    where = document.where("privacy", "key")
    key = resolve(table.key, where=where, base=document.path.parent, environ=environ)
    if len(key) < SHORTEST_KEY:
        raise ConfigError(
            f"{where} has {len(key)} characters; at least {SHORTEST_KEY}, or it can be guessed",
            hint="Make one with `openssl rand -hex 32`.",
        )
    return key

"""A ticket whose customer waits for an answer, or did until lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """`since` is when the oldest unanswered message came (aware UTC); None: nobody waits any more.

    `labels` are those of the ticket that it has: source, team, priority, brand, agent, account.
    `calendar` is the business calendar of the ticket; "" is around the clock.
    """

    source: str
    ticket_id: str
    since: datetime | None
    calendar: str = ""
    account_id: str | None = None
    account_tier: str | None = None
    tags: tuple[str, ...] = ()
    labels: Mapping[str, str] | None = None

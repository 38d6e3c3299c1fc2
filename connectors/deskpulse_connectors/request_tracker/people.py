"""Users and queues as customers, agents, accounts and teams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deskpulse.records import Account, Agent, Customer, Record, Team
from deskpulse_connectors.request_tracker.values import NOBODY, SYSTEM, need, text_of

KNOWN = "id,Name,EmailAddress,RealName,Organization,Lang"
"""What is asked of every user who is named; anybody who works in RT may see it."""

RT_OWN = "2"
"""What `Disabled` says of the queue that RT keeps for approvals."""


def to_person(raw: Mapping[str, Any]) -> Iterator[Record]:
    """A user with `Privileged` as Agent or Customer, and their organisation as Account."""
    ident = str(need(raw, "id", "user"))
    name = text_of(raw.get("RealName")) or text_of(need(raw, "Name", "user"))
    fields = {"id": ident, "name": name, "email": text_of(raw.get("EmailAddress"))}
    if str(need(raw, "Privileged", "user")) == "1":
        yield Agent.read(fields)
        return
    account = text_of(raw.get("Organization"))
    if account is not None:
        yield Account.read({"id": account, "name": account})
    yield Customer.read({**fields, "account_id": account, "language": text_of(raw.get("Lang"))})


def to_team(raw: Mapping[str, Any]) -> Team | None:
    """A queue as Team, also one that is disabled: old tickets are in it. None for RT's own."""
    if str(raw.get("Disabled")) == RT_OWN:
        return None
    return Team.read(
        {"id": str(need(raw, "id", "queue")), "name": text_of(need(raw, "Name", "queue"))}
    )


def users_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every user named anywhere in a row, except RT itself and Nobody."""
    if isinstance(value, list):
        for each in value:
            yield from users_in(each)
    elif isinstance(value, Mapping):
        if value.get("type") == "user":
            if "id" in value and value.get("Name") not in (NOBODY, SYSTEM):
                yield value
            return
        for each in value.values():
            yield from users_in(each)

"""What the store knows about some tickets: the input of `derive`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from deskpulse_reports.facts.schema import Schema

TICKETS: Schema = {
    "source": pl.String,
    "id": pl.String,
    "subject": pl.String,
    "status": pl.String,
    "priority": pl.String,
    "kind": pl.String,
    "channel": pl.String,
    "reason": pl.String,
    "tags": pl.List(pl.String),
    "brand": pl.String,
    "language": pl.String,
    "requester_id": pl.String,
    "account_id": pl.String,
    "assignee_id": pl.String,
    "team_id": pl.String,
    "initiated_by": pl.String,
    "merged_into": pl.String,
    "schedule_id": pl.String,
    "created_at": pl.Int64,
    "updated_at": pl.Int64,
    "first_reply_at": pl.Int64,
    "solved_at": pl.Int64,
    "closed_at": pl.Int64,
    "removed_at": pl.Int64,
    "removed_reason": pl.String,
}
MESSAGES: Schema = {
    "source": pl.String,
    "id": pl.String,
    "ticket_id": pl.String,
    "sent_at": pl.Int64,
    "author_id": pl.String,
    "author_role": pl.String,
    "public": pl.Boolean,
    "channel": pl.String,
    "auto": pl.Boolean,
}
CHANGES: Schema = {
    "source": pl.String,
    "id": pl.String,
    "ticket_id": pl.String,
    "changed_at": pl.Int64,
    "seq": pl.Int64,
    "actor_id": pl.String,
    "actor_role": pl.String,
    "field": pl.String,
    "old": pl.String,
    "new": pl.String,
    "observed": pl.Boolean,
}
SURVEYS: Schema = {
    "source": pl.String,
    "id": pl.String,
    "kind": pl.String,
    "score": pl.Float64,
    "scale_min": pl.Float64,
    "scale_max": pl.Float64,
    "higher_is_better": pl.Boolean,
    "ticket_id": pl.String,
    "customer_id": pl.String,
    "agent_id": pl.String,
    "team_id": pl.String,
    "sent_at": pl.Int64,
    "answered_at": pl.Int64,
    "removed_reason": pl.String,
}
INTERACTIONS: Schema = {
    "source": pl.String,
    "id": pl.String,
    "channel": pl.String,
    "direction": pl.String,
    "queued_at": pl.Int64,
    "answered_at": pl.Int64,
    "ended_at": pl.Int64,
    "wait_s": pl.Float64,
    "talk_s": pl.Float64,
    "hold_s": pl.Float64,
    "wrap_up_s": pl.Float64,
    "outcome": pl.String,
    "agent_id": pl.String,
    "team_id": pl.String,
    "ticket_id": pl.String,
    "customer_id": pl.String,
    "removed_reason": pl.String,
}
WORKLOGS: Schema = {
    "source": pl.String,
    "id": pl.String,
    "ticket_id": pl.String,
    "agent_id": pl.String,
    "started_at": pl.Int64,
    "spent_s": pl.Float64,
    "removed_reason": pl.String,
}
ROLES: Schema = {
    "source": pl.String,
    "id": pl.String,
    "person_id": pl.String,
    "role": pl.String,
    "since": pl.Int64,
}
ACCOUNTS: Schema = {"source": pl.String, "id": pl.String, "tier": pl.String}
CONTACTS: Schema = {
    "source": pl.String,
    "requester_id": pl.String,
    "reason": pl.String,
    "created_at": pl.Int64,
}

_UNSAID = {"public": False, "auto": False, "observed": False, "seq": 0, "higher_is_better": True}


@dataclass(frozen=True)
class History:
    """Tickets and everything that happened to them, as the store's tables hold it.

    Fields are those of the records; instants are int64 microseconds since 1970. Build it with
    `History.of`. Rows may come in any order; messages and changes of tickets that are not in
    `tickets` are left out, while surveys, interactions and worklogs stand for themselves. Roles,
    accounts and contacts may be whole tables or only what concerns these tickets. `contacts` are
    the customers' own tickets that are not gone, these and others.
    """

    tickets: pl.DataFrame
    messages: pl.DataFrame
    changes: pl.DataFrame
    surveys: pl.DataFrame
    interactions: pl.DataFrame
    worklogs: pl.DataFrame
    roles: pl.DataFrame
    accounts: pl.DataFrame
    contacts: pl.DataFrame

    @classmethod
    def of(
        cls,
        tickets: pl.DataFrame,
        *,
        messages: pl.DataFrame | None = None,
        changes: pl.DataFrame | None = None,
        surveys: pl.DataFrame | None = None,
        interactions: pl.DataFrame | None = None,
        worklogs: pl.DataFrame | None = None,
        roles: pl.DataFrame | None = None,
        accounts: pl.DataFrame | None = None,
        contacts: pl.DataFrame | None = None,
    ) -> History:
        """Take these frames; missing tables are empty, missing columns null, others dropped."""
        return cls(
            tickets=_shaped(tickets, TICKETS),
            messages=_shaped(messages, MESSAGES),
            changes=_shaped(changes, CHANGES),
            surveys=_shaped(surveys, SURVEYS),
            interactions=_shaped(interactions, INTERACTIONS),
            worklogs=_shaped(worklogs, WORKLOGS),
            roles=_shaped(roles, ROLES),
            accounts=_shaped(accounts, ACCOUNTS),
            contacts=_shaped(contacts, CONTACTS),
        )


def _shaped(frame: pl.DataFrame | None, schema: Schema) -> pl.DataFrame:
    if frame is None:
        return pl.DataFrame(schema=dict(schema))
    return frame.select(_column(name, dtype, frame.columns) for name, dtype in schema.items())


def _column(name: str, dtype: pl.DataType | type[pl.DataType], there: list[str]) -> pl.Expr:
    column = pl.col(name).cast(dtype) if name in there else pl.lit(None, dtype).alias(name)
    return column.fill_null(_UNSAID[name]) if name in _UNSAID else column

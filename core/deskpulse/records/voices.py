"""What customers say of us, and contacts that are not tickets."""

from __future__ import annotations

from typing import ClassVar, Literal

from deskpulse.records.base import Id, Instant, Record


class Survey(Record):
    """One survey sent; `score` is null until it is answered. Good/bad is 1/0 on 0..1."""

    kind_name: ClassVar[str] = "survey"

    kind: Literal["csat", "nps", "ces", "cx", "article", "fcr"] = "csat"
    score: float | None = None
    scale_min: float | None = None
    scale_max: float | None = None
    higher_is_better: bool = True
    comment: str | None = None
    ticket_id: Id | None = None
    customer_id: Id | None = None
    agent_id: Id | None = None
    team_id: Id | None = None
    sent_at: Instant | None = None
    answered_at: Instant | None = None


class Interaction(Record):
    """A call or a chat, or one agent's part of a call. Durations in seconds.

    A part (`direction` is `part`) stands beside the record of its call: volumes and waits leave it
    out. Its `outcome` is `taken`, or `missed` where this agent did not answer.
    """

    kind_name: ClassVar[str] = "interaction"

    channel: Literal["voice", "chat", "social", "email", "sms"]
    direction: Literal["inbound", "outbound", "part"] | None = None
    queued_at: Instant | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    wait_s: float | None = None
    talk_s: float | None = None
    hold_s: float | None = None
    wrap_up_s: float | None = None
    outcome: Literal["answered", "abandoned", "missed", "voicemail", "callback", "taken"] | None = (
        None
    )
    agent_id: Id | None = None
    team_id: Id | None = None
    ticket_id: Id | None = None
    customer_id: Id | None = None


class Worklog(Record):
    """Time that an agent logged, in seconds."""

    kind_name: ClassVar[str] = "worklog"

    ticket_id: Id | None = None
    agent_id: Id | None = None
    started_at: Instant | None = None
    spent_s: float | None = None
    kind: str | None = None

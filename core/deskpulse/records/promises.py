"""What was promised (policies, schedules), what the vendor measured, and what is gone."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field

from deskpulse.records.base import Id, Instant, Record

SlaMetric = Literal[
    "first_reply_time",
    "next_reply_time",
    "periodic_update_time",
    "pausable_update_time",
    "requester_wait_time",
    "agent_work_time",
    "total_resolution_time",
    "ownership_time",
]
"""What an SLA target limits: Zendesk's seven, and how long one team may hold a ticket."""
SlaTime = Literal["business", "calendar"]
"""The clock that a target is measured by."""


class SlaPolicy(Record):
    """A vendor's SLA policy; targets are {metric, priority, target_s, clock}."""

    kind_name: ClassVar[str] = "sla_policy"

    name: str | None = None
    position: int | None = None
    filter: dict[str, Any] = Field(default_factory=dict)
    targets: list[dict[str, Any]] = Field(default_factory=list)


class Schedule(Record):
    """Opening hours: `weekly` maps mon..sun to lists of [HH:MM, HH:MM] in zone `tz`."""

    kind_name: ClassVar[str] = "schedule"

    name: str | None = None
    tz: str | None = None
    weekly: dict[str, list[tuple[str, str]]] = Field(default_factory=dict)
    holidays: list[date] = Field(default_factory=list)


class VendorMetric(Record):
    """A number the vendor computed itself; kept only to reconcile ours with it."""

    kind_name: ClassVar[str] = "vendor_metric"

    ticket_id: Id
    metric: str
    value_s: float | None = None
    unit: Literal["s", "count"] = "s"
    note: str | None = None


class Tombstone(Record):
    """The record of kind `record` with this id is gone; its history stays."""

    kind_name: ClassVar[str] = "tombstone"

    record: str
    reason: Literal["deleted", "spam", "merged", "missing"]
    gone_at: Instant | None = None
    into: Id | None = None

"""Every cause that is looked for, in the order in which they are tried.

A cause that only few tickets can have, or that leaves a trace in the history, comes before one
that fits more freely.
"""

from __future__ import annotations

from deskpulse_reports.reconcile.cause import Cause
from deskpulse_reports.reconcile.causes.hours import (
    NO_CALENDAR,
    OTHER_CALENDAR,
    SCHEDULE_AT_EVENT,
)
from deskpulse_reports.reconcile.causes.replies import (
    AGENT_CREATED,
    AUTHOR_ROLE,
    BOT_REPLY,
    CLOCK_SKEW,
    OTHER_AUTHOR,
    PRIVATE_FIRST_REPLY,
)
from deskpulse_reports.reconcile.causes.resolutions import CLOSED_VS_SOLVED, DELETED, MERGED
from deskpulse_reports.reconcile.causes.staleness import (
    FACTS_OUT_OF_DATE,
    REOPENED,
    SOLVED_AGAIN,
    Stale,
)

CAUSES: tuple[Cause, ...] = (
    FACTS_OUT_OF_DATE,
    DELETED,
    MERGED,
    PRIVATE_FIRST_REPLY,
    AGENT_CREATED,
    AUTHOR_ROLE,
    BOT_REPLY,
    OTHER_AUTHOR,
    CLOCK_SKEW,
    Stale(),
    CLOSED_VS_SOLVED,
    REOPENED,
    SOLVED_AGAIN,
    SCHEDULE_AT_EVENT,
    NO_CALENDAR,
    OTHER_CALENDAR,
)

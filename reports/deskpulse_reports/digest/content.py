"""What goes into a digest: plain values, filled by the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from deskpulse.message import Link
from deskpulse.untrusted import Text
from deskpulse_reports.digest.figures import KpiLine
from deskpulse_reports.digest.period import Period
from deskpulse_reports.digest.reviews import Reviews
from deskpulse_reports.digest.tickets import Outlier, Promise, Waiting
from deskpulse_reports.freshness import Freshness

WhenEmpty = Literal["skip", "send", "changed"]
"""When nothing happened: keep silent, say so, or say so only if the numbers moved."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The KPIs by team or by agent: a row of lines for each name."""

    title: str
    rows: tuple[tuple[Text, Sequence[KpiLine]], ...]


@dataclass(frozen=True, slots=True)
class DigestInput:
    """Everything that a digest says. The days of `period` are local days of `zone`.

    `whom` names the team that it is about; empty: the whole desk. Of lists the most urgent are
    given; `waiting_total`, `late_total` and `breaking_total` count those not listed, too.
    """

    name: str
    desk: str
    zone: str
    period: Period
    as_of: datetime
    lines: tuple[KpiLine, ...]
    whom: str = ""
    late: tuple[Promise, ...] = ()
    late_total: int = 0
    breaking: tuple[Promise, ...] = ()
    breaking_total: int = 0
    waiting: tuple[Waiting, ...] = ()
    waiting_total: int | None = None
    outliers: tuple[Outlier, ...] = ()
    reviews: Reviews = field(default_factory=Reviews)
    breakdowns: tuple[Breakdown, ...] = ()
    sources: tuple[Freshness, ...] = ()
    links: tuple[Link, ...] = ()
    when_empty: WhenEmpty = "send"

    def line(self, kpi: str) -> KpiLine | None:
        """The line of a KPI, if the digest has it."""
        return next((line for line in self.lines if line.kpi == kpi), None)

"""`use = "no_tickets"`: nothing comes in although something should."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import exp
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from deskpulse.config.tables import Span
from deskpulse.message import Figure, Figures
from deskpulse.rule import Condition, Rule, Signal
from deskpulse_reports import words
from deskpulse_reports.analysis.quantile import quantile
from deskpulse_reports.rules import choice, judging, said
from deskpulse_reports.rules.desk import Desk, Stretch


class NoTickets(Rule):
    """One subject is one source.

    It holds when no ticket was created for so much open time, and that is too improbable: the same
    stretch of the weeks before had a median of m tickets, and by chance none comes with e^-m.
    """

    name: ClassVar[str] = "no_tickets"

    class Config(Rule.Config):
        """Settings of `[rules.X]` with `use = "no_tickets"`."""

        longer_than: Span = Field(
            default=timedelta(hours=2), description="Open time without any new ticket."
        )
        calendar: str | None = Field(
            default=None,
            description='Calendar of the open time, "" for around the clock; else the desk\'s.',
        )
        chance: float = Field(
            default=0.01,
            gt=0,
            le=1,
            description="It holds only if silence is less probable; 1 does not ask the past.",
        )
        weeks: int = Field(
            default=8, ge=1, le=52, description="Weeks before that say what is usual."
        )
        sources: list[str] = Field(
            default_factory=list, description="Sources that are watched; without any, all."
        )

    config: Config

    def signals(self, desk: Desk) -> Iterator[Signal]:
        """One for every source that ever had a ticket."""
        if judging.any_stale(desk) and judging.known_to(desk) is None:
            return
        newest = desk.last_created()
        for source in desk.sources:
            if source in newest and choice.takes(self.config.sources, source):
                yield self._signal(source, newest[source], desk)

    def mistakes(self, desk: Desk) -> Iterable[str]:
        """Sources and calendars that are not configured."""
        yield from choice.strange("sources", self.config.sources, set(desk.sources))
        if self.config.calendar:
            named = [self.config.calendar]
            yield from choice.strange("calendar", named, set(desk.calendars.names) - {""})

    def _signal(self, source: str, last: datetime, desk: Desk) -> Signal:
        calendar = desk.calendar if self.config.calendar is None else self.config.calendar
        clock = "business" if calendar else "calendar"
        quiet = desk.calendars.open_seconds(calendar, last, desk.now)
        limit = self.config.longer_than.total_seconds()
        long = quiet >= limit
        usual = self._usual(source, last, desk) if long and self.config.chance < 1 else ()
        expected = quantile(sorted(usual), 0.5) or 0.0
        rare = self.config.chance == 1 or exp(-expected) < self.config.chance
        condition: Condition = "holds" if long and rare else "clear"
        if judging.is_stale(desk, source):
            condition = "unknown"
        silence = said.lasting(quiet, clock)
        title = f"No new ticket in {source} for {silence} (the last came {said.when(last, desk)})"
        usually = (
            f" In the same stretch of the {len(usual)} weeks before there were"
            f" {words.number(expected)} (median)."
            if usual
            else ""
        )
        figures = (
            Figure("Without a ticket", silence),
            Figure("Allowed", said.lasting(limit, clock)),
        )
        return Signal(
            subject=source,
            condition=condition,
            title=title
            if long
            else f"The last new ticket in {source} came {said.when(last, desk)}",
            summary=f"{title}.{usually}" if long else f"New tickets come in from {source}.",
            parts=(Figures(figures),) if condition == "holds" else (),
            labels={"source": source},
            since=last if long else None,
            outcome="tickets come in again" if not long else "",
            complete_to=judging.freshness(desk, source).complete_to,
        )

    def _usual(self, source: str, last: datetime, desk: Desk) -> tuple[int, ...]:
        """The tickets of the same local stretch in each of the weeks before."""
        spans = [
            (_weeks_before(last, n, desk.zone), _weeks_before(desk.now, n, desk.zone))
            for n in range(1, self.config.weeks + 1)
        ]
        return _counts(desk, spans, source)


def _counts(desk: Desk, spans: Sequence[Stretch], source: str) -> tuple[int, ...]:
    return tuple(found.get(source, 0) for found in desk.created(spans))


def _weeks_before(moment: datetime, weeks: int, zone: str) -> datetime:
    """The same time on the wall so many weeks earlier; aware UTC."""
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(weeks=weeks)
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

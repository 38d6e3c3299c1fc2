"""`use = "flood"`: so much at once that single alerts would only be noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from deskpulse.config.tables import Span
from deskpulse.rule import Condition, Rule, Scope, Signal
from deskpulse_reports import words
from deskpulse_reports.rules import judging, running, said
from deskpulse_reports.rules.desk import Desk
from deskpulse_reports.rules.levels import Level

_BREACH = Level("breach", "breach")


class Flood(Rule):
    """One subject is one team (or source). It counts; what to do about it is not its business."""

    name: ClassVar[str] = "flood"
    scope: ClassVar[Scope] = "flood"

    class Config(Rule.Config):
        """Settings of `[rules.X]` with `use = "flood"`."""

        of: Literal["breaches", "tickets"] = Field(
            default="breaches", description="What is counted: broken SLA promises, or new tickets."
        )
        by: Literal["team", "source"] = Field(
            default="team", description="Whether it is counted by team or by source."
        )
        more_than: int = Field(default=20, ge=1, description="How many are still no flood.")
        within: Span = Field(
            default=timedelta(hours=1), description="The time up to now in which they are counted."
        )

    config: Config

    def signals(self, desk: Desk) -> Iterator[Signal]:
        """One for every team or source."""
        counts = self._breaches(desk) if self.config.of == "breaches" else self._created(desk)
        places = {f"{source}/{team}" for source, team in desk.teams} | set(counts)
        for place in sorted(set(desk.sources) if self.config.by == "source" else places):
            yield self._signal(place, counts.get(place, 0), desk)

    def _signal(self, place: str, count: int, desk: Desk) -> Signal:
        config = self.config
        source, _, team = place.partition("/")
        labels = {"source": source} | ({"team": team} if team else {})
        many, stale = count > config.more_than, judging.is_stale(desk, source)
        # stale data lacks some: what is a flood already stays one
        condition: Condition = "holds" if many else "unknown" if stale else "clear"
        name = said.team_name(desk, source, team) if team else source
        what = "broken SLA promise" if config.of == "breaches" else "new ticket"
        span = words.duration(config.within.total_seconds())
        title = f"{words.plural(count, what)} of {name} within {span}"
        return Signal(
            subject=f"{config.of}/{place}",
            condition=condition,
            title=title,
            summary=f"{title}; more than {words.number(config.more_than)} are a flood.",
            severity="critical",
            labels=said.with_team(labels, desk),
            complete_to=judging.freshness(desk, source).complete_to,
        )

    def _created(self, desk: Desk) -> Mapping[str, int]:
        if judging.any_stale(desk) and judging.known_to(desk) is None:
            return {}
        return desk.created([(desk.now - self.config.within, desk.now)], self.config.by)[0]

    def _breaches(self, desk: Desk) -> Mapping[str, int]:
        since = desk.now - self.config.within
        clocks = [clock for clock in desk.clocks(since) if clock.state in ("active", "breached")]
        found: Counter[str] = Counter()
        for clock, run in zip(clocks, running.runs(clocks, desk), strict=True):
            if run is None or not running.is_reached(_BREACH, clock, run.known_us):
                continue
            broken = running.reached_at(_BREACH, clock, desk.calendars)
            if broken is not None and since < broken <= desk.now:
                by_team = self.config.by == "team"
                if not by_team or clock.team_id is not None:
                    place = f"{clock.source}/{clock.team_id}" if by_team else clock.source
                    found[place] += 1
        return found

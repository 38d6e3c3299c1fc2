"""`use = "sla"`: SLA clocks before, at and after the moment at which a promise breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import ClassVar

from pydantic import Field, field_validator

from deskpulse.config.tables import Span
from deskpulse.records import Ticket
from deskpulse.rule import Condition, Rule, Signal
from deskpulse_reports.rules import choice, judging, levels, running, sla_words
from deskpulse_reports.rules.desk import Desk, Key
from deskpulse_reports.rules.levels import Ladder
from deskpulse_reports.rules.running import Run
from deskpulse_reports.sla.clock import SlaClock


class Sla(Rule):
    """One subject is one clock instance, one rung is one level of the ladder.

    Levels are measured in the target's own clock: office hours where it counts office hours. While
    a clock is paused it reaches no level, and those that it had reached stay what they were
    (`unknown`), so that going on does not tell them again. A level is taken back only when the
    deadline moves so far that it lies ahead once more.
    """

    name: ClassVar[str] = "sla"

    class Config(Rule.Config):
        """Settings of `[rules.X]` with `use = "sla"`."""

        levels: list[str] = Field(
            default=["75%", "90%", "breach", "+1h"],
            min_length=1,
            description='When to tell: "75%" of the target, "1h left", "breach", "+1h" after it.',
        )
        metrics: list[str] = Field(
            default_factory=list, description="Metrics that are watched; without any, all."
        )
        policies: list[str] = Field(
            default_factory=list, description="SLA policies that are watched; without any, all."
        )
        priorities: list[str] = Field(
            default_factory=list, description="Priorities that are watched; without any, all."
        )
        teams: list[str] = Field(
            default_factory=list,
            description="Teams that are watched, by SOURCE/ID, id or name; without any, all.",
        )
        sources: list[str] = Field(
            default_factory=list, description="Sources that are watched; without any, all."
        )
        look_back: Span = Field(
            default=timedelta(days=3),
            description="How long after its end a clock is still reported as met or cancelled.",
        )

        @field_validator("levels")
        @classmethod
        def _readable(cls, given: list[str]) -> list[str]:
            rungs = [levels.read(text) for text in given]
            same = [(rung.kind, rung.amount) for rung in rungs]
            for rung in rungs:
                if same.count((rung.kind, rung.amount)) > 1:
                    raise ValueError(f'"{rung.name}" is there twice')
            return [rung.name for rung in rungs]

    config: Config

    def signals(self, desk: Desk) -> Iterator[Signal]:
        """One signal a level for every clock that runs, is paused, or ended lately."""
        clocks = [
            clock
            for clock in desk.clocks(desk.now - self.config.look_back)
            if clock.state != "not_started" and self._watches(clock, desk)
        ]
        ladder = Ladder(self.config.levels)
        runs = running.runs(clocks, desk)
        pairs = [(clock, run) for clock, run in zip(clocks, runs, strict=True) if run]
        tickets = desk.tickets(
            {_key(clock) for clock, run in pairs if _matters(clock, run, ladder)}
        )
        for clock, run in pairs:
            ticket = tickets.get(_key(clock))
            if clock.running or clock.state == "paused":
                yield from self._open(clock, run, ladder, ticket, desk)
            else:
                yield from self._ended(clock, ladder, ticket, desk)

    def mistakes(self, desk: Desk) -> Iterable[str]:
        """Names of metrics, policies, teams and sources that nobody knows."""
        config = self.config
        yield from choice.strange("metrics", config.metrics, set(sla_words.METRICS))
        yield from choice.strange("sources", config.sources, set(desk.sources))
        yield from choice.strange_teams(config.teams, desk)
        yield from choice.strange(
            "priorities", config.priorities, {"low", "normal", "high", "urgent"}
        )
        if desk.policies:
            yield from choice.strange("policies", config.policies, set(desk.policies))

    def _watches(self, clock: SlaClock, desk: Desk) -> bool:
        config = self.config
        return (
            choice.takes(config.metrics, clock.metric)
            and choice.takes(config.policies, clock.policy)
            and choice.takes(config.priorities, clock.priority)
            and choice.takes(config.sources, clock.source)
            and choice.takes_team(config.teams, clock.source, clock.team_id, desk)
        )

    def _open(
        self, clock: SlaClock, run: Run, ladder: Ladder, ticket: Ticket | None, desk: Desk
    ) -> Iterator[Signal]:
        stale = judging.is_stale(desk, clock.source)
        labels = sla_words.labels(clock, ticket, desk)
        title = f"{sla_words.name(clock)} {sla_words.standing(clock, run, desk)}"
        for level in ladder.of(clock.target_s):
            reached = running.is_reached(level, clock, run.now_us)
            surely = running.is_reached(level, clock, run.known_us)
            condition: Condition = "holds" if reached else "clear"
            since = running.reached_at(level, clock, desk.calendars) if reached else None
            stands = reached and clock.paused and not level.late
            guessed = level.late and reached and not surely
            held = guessed and since is not None and judging.waits(desk, clock.source, since)
            if stands or held or (stale and not surely):
                condition = "unknown"
            yield Signal(
                subject=clock.key,
                condition=condition,
                title=title,
                summary=(
                    sla_words.summary(clock, run, ticket, desk, guessed=guessed)
                    if reached
                    else f"{title}."
                ),
                level=level.name,
                severity=level.severity,
                parts=sla_words.parts(clock, run, ticket, desk) if reached else (),
                labels=labels,
                since=since,
                due_at=clock.due_at,
                complete_to=judging.freshness(desk, clock.source).complete_to,
            )

    def _ended(
        self, clock: SlaClock, ladder: Ladder, ticket: Ticket | None, desk: Desk
    ) -> Iterator[Signal]:
        outcome = sla_words.outcome(clock)
        title = f"{sla_words.name(clock)}: {outcome}"
        parts = (sla_words.line(clock, ticket, desk, outcome),) if ticket else ()
        labels = sla_words.labels(clock, ticket, desk)
        for level in ladder.of(clock.target_s):
            yield Signal(
                subject=clock.key,
                condition="gone" if clock.state == "cancelled" else "clear",
                title=title,
                summary=f"{title}.",
                level=level.name,
                severity=level.severity,
                parts=parts,
                labels=labels,
                outcome=outcome,
                complete_to=judging.freshness(desk, clock.source).complete_to,
            )


def _matters(clock: SlaClock, run: Run, ladder: Ladder) -> bool:
    """Whether somebody may have been, or may be, told: of what ended early nobody was."""
    rungs = ladder.of(clock.target_s)
    return bool(rungs) and (clock.running or running.is_reached(rungs[0], clock, run.now_us))


def _key(clock: SlaClock) -> Key:
    return clock.source, clock.ticket_id

"""`use = "spike"`: far more new tickets than is usual at this hour or on this day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from deskpulse.message import Figure, Figures
from deskpulse.rule import Condition, Rule, Signal
from deskpulse.untrusted import Text, Untrusted
from deskpulse_reports import safe, words
from deskpulse_reports.analysis import spikes
from deskpulse_reports.analysis.spikes import Reading, Series
from deskpulse_reports.rules import counting, judging, said
from deskpulse_reports.rules.desk import Desk


class Spike(Rule):
    """One subject is one channel, one reason, or everything together.

    The running hour can be a spike already; it is calm again when a whole hour was usual. On stale
    data a spike stays one, because what is missing could only add to it.
    """

    name: ClassVar[str] = "spike"

    class Config(Rule.Config):
        """Settings of `[rules.X]` with `use = "spike"`."""

        by: Literal["channel", "reason"] | None = Field(
            default=None, description="What is counted apart: channel or reason; else everything."
        )
        every: Literal["hour", "day"] = Field(
            default="hour", description="Whether hours or days are compared."
        )
        z: float = Field(
            default=3.5, gt=0, description="How many usual deviations above the median it must be."
        )
        excess: float = Field(
            default=5, ge=1, description="How many tickets more than usual it must be at least."
        )
        weeks: int = Field(
            default=8, ge=4, le=52, description="Weeks before that say what is usual."
        )
        at_least_poisson: bool = Field(
            default=True,
            description="Take the deviation for no smaller than chance alone makes it.",
        )

    config: Config

    def signals(self, desk: Desk) -> Iterator[Signal]:
        """One for each channel or reason that was seen lately."""
        complete = judging.known_to(desk)
        stale = judging.any_stale(desk)
        if stale and complete is None:
            return
        config = self.config
        rule = spikes.Rule(
            config.z, config.excess, config.weeks, min(4, config.weeks), config.at_least_poisson
        )
        history = counting.history(desk, config.by, config.every, config.weeks)
        buckets = [
            counting.before(desk.now, desk, config.every),
            counting.bucket_of(desk.now, desk, config.every),
        ]
        for series in history.series:
            readings = [
                spikes.read(
                    history, series, bucket, rule=rule, running=stale or bucket == buckets[-1]
                )
                for bucket in buckets
            ]
            yield self._signal(series, readings, desk)

    def _signal(self, series: Series, readings: list[Reading], desk: Desk) -> Signal:
        told = _telling(readings)
        found: dict[str, Condition] = {"spike": "holds", "usual": "clear", "unknown": "unknown"}
        condition = found[told.verdict]
        start = counting.start_of(told.bucket, desk)
        name = _name(self.config.by, series)
        hour = f"in the hour from {said.when(start, desk)}" if told.bucket.hour is not None else ""
        span = hour or f"on {words.day(told.bucket.day, year=False)}"
        usual = "" if told.median is None else f", usually {words.number(told.median)}"
        title = f"{words.plural(told.count, 'new ticket')}{name} {span}{usual}"
        figures = (
            Figure("Came in", words.number(told.count), tone="bad"),
            Figure("Usual", words.value(told.median, "count"), note=f"median of {told.points}"),
        )
        channel = {"channel": safe.clean(series)} if series and self.config.by == "channel" else {}
        return Signal(
            subject=f"{self.config.every}/{self.config.by or 'all'}/{series or ''}",
            condition=condition,
            title=self._text(title),
            summary=self._text(f"{title}. {_sentence(told.words)}"),
            parts=(Figures(figures),) if condition == "holds" else (),
            labels=channel,
            since=start if condition == "holds" else None,
            outcome="as usual again" if condition == "clear" else "",
            complete_to=judging.known_to(desk),
        )

    def _text(self, text: str) -> Text:
        """A reason may be anybody's words."""
        return Untrusted(text) if self.config.by == "reason" else text


def _telling(readings: list[Reading]) -> Reading:
    """The running hour where it is a spike already, else the last one that is over."""
    last, running = readings
    return running if running.verdict == "spike" else last


def _name(by: str | None, series: Series) -> str:
    if by is None:
        return ""
    return f" by {safe.clean(series, 60)}" if series else f" without a {by}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."

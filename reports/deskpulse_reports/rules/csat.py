"""`use = "csat"`: a customer who has just said that it was bad."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from deskpulse.config.tables import Span
from deskpulse.message import Paragraph, Part
from deskpulse.records import Survey, Ticket
from deskpulse.rule import Condition, Rule, Signal
from deskpulse.untrusted import Untrusted
from deskpulse_reports import words
from deskpulse_reports.rules import choice, judging, said
from deskpulse_reports.rules.desk import Desk

_NAMES = {"csat": "Satisfaction", "ces": "Effort", "cx": "Experience", "nps": "Recommendation"}


class Csat(Rule):
    """One subject is one survey. It holds for a while after the answer, and then it is gone.

    An answer is bad when it lies in the worse half of its scale: 0 of 0 to 1, or 1 and 2 of 1 to 5.
    A customer who thinks better of it takes it back.
    """

    name: ClassVar[str] = "csat"

    class Config(Rule.Config):
        """Settings of `[rules.X]` with `use = "csat"`."""

        at_most: float | None = Field(
            default=None,
            description="The best score that is told of, on its own scale; else the worse half.",
        )
        within: Span = Field(
            default=timedelta(days=1), description="How long after the answer it is told of."
        )
        surveys: list[Literal["csat", "ces", "cx", "nps"]] = Field(
            default=["csat"], description="Kinds of survey: csat, ces, cx or nps."
        )
        teams: list[str] = Field(
            default_factory=list,
            description="Teams that are watched, by SOURCE/ID, id or name; without any, all.",
        )

    config: Config

    def signals(self, desk: Desk) -> Iterator[Signal]:
        """One for every survey answered lately; twice as far back those that are over."""
        answered = desk.surveys(desk.now - 2 * self.config.within)
        surveys = [survey for survey in answered if survey.kind in self.config.surveys]
        keys = {(one.source, one.ticket_id) for one in surveys if one.ticket_id is not None}
        tickets = desk.tickets(keys)
        for survey in surveys:
            ticket = tickets.get((survey.source, survey.ticket_id or ""))
            team = survey.team_id or (ticket.team_id if ticket else None)
            if choice.takes_team(self.config.teams, survey.source, team, desk):
                yield from self._judged(survey, ticket, team, desk)

    def mistakes(self, desk: Desk) -> Iterator[str]:
        """Teams that nobody knows."""
        return choice.strange_teams(self.config.teams, desk)

    def _judged(
        self, survey: Survey, ticket: Ticket | None, team: str | None, desk: Desk
    ) -> Iterator[Signal]:
        if survey.score is None or survey.answered_at is None or survey.answered_at > desk.now:
            return
        bad, over = self._is_bad(survey), desk.now - survey.answered_at >= self.config.within
        condition: Condition = "clear" if not bad else "gone" if over else "holds"
        score = _score(survey)
        about = said.reference(survey.source, survey.ticket_id) if survey.ticket_id else ""
        title = f"{_NAMES[survey.kind]} {score}" + (f" for {about}" if about else "")
        lasted = words.duration(self.config.within.total_seconds())
        labels = said.labels(survey.source, ticket, team=team, agent=survey.agent_id)
        yield Signal(
            subject=f"{survey.source}/{survey.id}",
            condition=condition,
            title=title,
            summary=f"{title}, answered {said.when(survey.answered_at, desk)}.",
            parts=tuple(_parts(survey, ticket, score, desk)) if condition == "holds" else (),
            labels=said.with_team(labels | {"survey": survey.kind}, desk),
            since=survey.answered_at,
            outcome={"clear": f"now {score}", "gone": f"{lasted} ago"}.get(condition, ""),
            complete_to=judging.freshness(desk, survey.source).complete_to,
        )

    def _is_bad(self, survey: Survey) -> bool:
        assert survey.score is not None
        low, high = survey.scale_min, survey.scale_max
        if self.config.at_most is not None:
            limit = self.config.at_most
            return survey.score <= limit if survey.higher_is_better else survey.score >= limit
        middle = ((0.0 if low is None else low) + (1.0 if high is None else high)) / 2
        return survey.score < middle if survey.higher_is_better else survey.score > middle


def _score(survey: Survey) -> str:
    """`2 of 5`; on a scale from 0 to 1 in words."""
    assert survey.score is not None
    high = 1.0 if survey.scale_max is None else survey.scale_max
    if high == 1 and survey.score in (0, 1):
        return "good" if (survey.score == 1) == survey.higher_is_better else "bad"
    return f"{words.number(survey.score)} of {words.number(high)}"


def _parts(survey: Survey, ticket: Ticket | None, score: str, desk: Desk) -> Iterator[Part]:
    if survey.comment and desk.keeps_bodies:
        yield Paragraph((Untrusted(survey.comment),), title="What the customer wrote")
    if survey.ticket_id is not None:
        yield said.ticket_line(survey.source, survey.ticket_id, ticket, desk, note=score)

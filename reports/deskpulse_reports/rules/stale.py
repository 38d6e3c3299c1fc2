"""`use = "stale"`: a source whose data has stopped coming."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from pydantic import Field

from deskpulse.config.tables import Span
from deskpulse.message import Paragraph
from deskpulse.rule import Rule, Scope, Signal
from deskpulse_reports import words
from deskpulse_reports.rules import choice, said
from deskpulse_reports.rules.desk import Desk


class Stale(Rule):
    """One subject is one source. While it holds, nothing else about that source can be trusted."""

    name: ClassVar[str] = "stale"
    scope: ClassVar[Scope] = "source"

    class Config(Rule.Config):
        """Settings of `[rules.X]` with `use = "stale"`."""

        older_than: Span | None = Field(
            default=None, description="Age from which data is stale; else each source's own."
        )
        sources: list[str] = Field(
            default_factory=list, description="Sources that are watched; without any, all."
        )

    config: Config

    def signals(self, desk: Desk) -> Iterator[Signal]:
        """One for every source that is expected to be fresh."""
        for name, fresh in desk.sources.items():
            limit = self.config.older_than or fresh.expected
            if limit is None or not choice.takes(self.config.sources, name):
                continue
            complete = fresh.complete_to
            late = complete is None or desk.now - complete > limit
            if complete is None:
                title = f"{name} was never read"
            elif late:
                age = words.duration((desk.now - complete).total_seconds())
                title = f"Data of {name} is {age} old (complete to {said.when(complete, desk)})"
            else:
                title = f"Data of {name} is complete to {said.when(complete, desk)}"
            expected = f"It should be no older than {words.duration(limit.total_seconds())}."
            yield Signal(
                subject=name,
                condition="holds" if late else "clear",
                title=title,
                summary=f"{title}. {expected}",
                severity="critical",
                parts=(Paragraph((expected, _ADVICE)),) if late else (),
                labels={"source": name},
                since=complete + limit if complete and late else None,
                outcome="" if late else "caught up",
                complete_to=complete,
            )

    def mistakes(self, desk: Desk) -> Iterable[str]:
        """Sources that are not configured."""
        return choice.strange("sources", self.config.sources, set(desk.sources))


_ADVICE = (
    "Alerts about its tickets wait until it has caught up. `deskpulse sync` and `deskpulse check` "
    "say what is wrong."
)

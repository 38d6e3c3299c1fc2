"""`use = "vip"`: an important customer who waits too long for an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from deskpulse.config.tables import Span
from deskpulse.records import Ticket
from deskpulse.rule import Rule, Signal
from deskpulse_reports.rules import choice, judging, said
from deskpulse_reports.rules.desk import Desk
from deskpulse_reports.rules.wait import Wait


class Vip(Rule):
    """One subject is one ticket; it holds while the oldest unanswered message is too old."""

    name: ClassVar[str] = "vip"

    class Config(Rule.Config):
        """Settings of `[rules.X]` with `use = "vip"`; one of the ways to tell a VIP is needed."""

        longer_than: Span = Field(
            default=timedelta(hours=1), description="How long they may wait for an answer."
        )
        clock: Literal["calendar", "business"] = Field(
            default="business", description="Whether waiting counts around the clock or open time."
        )
        tiers: list[str] = Field(
            default_factory=list, description="Tiers of accounts that are important."
        )
        accounts: list[str] = Field(
            default_factory=list, description="Accounts that are important, as SOURCE/ID or id."
        )
        tags: list[str] = Field(
            default_factory=list, description="Tags that make a ticket important."
        )
        value_above: float | None = Field(
            default=None, description="Accounts worth more than this are important."
        )
        look_back: Span = Field(
            default=timedelta(days=3),
            description="How long after the answer a wait is still reported as over.",
        )

        @model_validator(mode="after")
        def _somebody(self) -> Vip.Config:
            if not (self.tiers or self.accounts or self.tags) and self.value_above is None:
                raise ValueError("say who is a VIP: tiers, accounts, tags or value_above")
            return self

    config: Config

    def signals(self, desk: Desk) -> Iterator[Signal]:
        """One for every VIP's ticket that waits, or did so lately."""
        waits = [
            wait
            for wait in desk.waits(desk.now - self.config.look_back)
            if self._is_vip(wait, desk)
        ]
        due = [self._due(wait, desk) for wait in waits]
        late = {
            (wait.source, wait.ticket_id)
            for wait, moment in zip(waits, due, strict=True)
            if moment is not None and moment <= desk.now
        }
        tickets = desk.tickets(late)
        for wait, moment in zip(waits, due, strict=True):
            yield self._signal(wait, moment, tickets.get((wait.source, wait.ticket_id)), desk)

    def mistakes(self, desk: Desk) -> Iterable[str]:
        """Tiers and accounts that nobody has; before the first sync nothing is known of them."""
        if desk.accounts:
            tiers = {account.tier for account in desk.accounts.values() if account.tier}
            yield from choice.strange("tiers", self.config.tiers, tiers)
            full = {f"{source}/{account}" for source, account in desk.accounts}
            unknown = set(self.config.accounts) - full - {account for _, account in desk.accounts}
            yield from choice.strange("accounts", sorted(unknown), full)

    def _is_vip(self, wait: Wait, desk: Desk) -> bool:
        config = self.config
        if not set(config.tags).isdisjoint(wait.tags):
            return True
        if wait.account_id is None:
            return False
        names = {wait.account_id, f"{wait.source}/{wait.account_id}"}
        account = desk.accounts.get((wait.source, wait.account_id))
        tier = wait.account_tier or (account.tier if account else None)
        worth = account.value if account else None
        return (
            tier in config.tiers
            or not names.isdisjoint(config.accounts)
            or (config.value_above is not None and worth is not None and worth > config.value_above)
        )

    def _due(self, wait: Wait, desk: Desk) -> datetime | None:
        if wait.since is None:
            return None
        return desk.calendars.due(
            self._calendar(wait, desk), wait.since, self.config.longer_than.total_seconds()
        )

    def _calendar(self, wait: Wait, desk: Desk) -> str:
        known = self.config.clock == "business" and wait.calendar in desk.calendars.names
        return wait.calendar if known else ""

    def _signal(
        self, wait: Wait, due: datetime | None, ticket: Ticket | None, desk: Desk
    ) -> Signal:
        reference = said.reference(wait.source, wait.ticket_id)
        complete = judging.freshness(desk, wait.source).complete_to
        labels = said.with_team({"source": wait.source, **(wait.labels or {})}, desk)
        subject = f"{wait.source}/{wait.ticket_id}"
        if wait.since is None or due is None:
            told = f"VIP of {reference} has an answer"
            return Signal(
                subject, "clear", told, f"{told}.", labels=labels, outcome="answered",
                complete_to=complete,
            )  # fmt: skip
        seconds = desk.calendars.open_seconds(self._calendar(wait, desk), wait.since, desk.now)
        waited = said.lasting(max(seconds, 0), self.config.clock)
        title = f"VIP waits for an answer since {said.when(wait.since, desk)}: {reference}"
        condition = judging.reached(desk, wait.source, due)
        told = f"waiting {waited}"
        line = said.ticket_line(wait.source, wait.ticket_id, ticket, desk, note=told)
        limit = said.lasting(self.config.longer_than.total_seconds(), self.config.clock)
        return Signal(
            subject=subject,
            condition=condition,
            title=title,
            summary=f"A VIP of {reference} has waited {waited}; {limit} are allowed.",
            parts=(line,) if due <= desk.now else (),
            labels=labels,
            since=due if due <= desk.now else None,
            due_at=due,
            complete_to=complete,
        )

"""A simulated help desk: an account in which life goes on and somebody meddles."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Generic, Protocol, TypeVar

from deskpulse_connectors.simulators.exchange import Reply, Request
from deskpulse_connectors.simulators.life import Life
from deskpulse_connectors.simulators.simulator import Simulator


class Meddler(Protocol):
    """Changes something at random."""

    def meddle(self, at: int, /) -> None:
        """One change, at this second."""
        ...

    def tie(self, at: int, count: int, /) -> None:
        """Change `count` records at this second."""
        ...


class Account(Protocol):
    """Answers as the vendor does."""

    def answer(self, request: Request, /) -> Reply:
        """The answer to one request."""
        ...


L = TypeVar("L", bound=Life)
A = TypeVar("A", bound=Account)


class LivingDesk(Simulator, Generic[L, A]):
    """What simulated help desks share. A subclass makes `life`, `meddler` and `account`."""

    life: L
    meddler: Meddler
    account: A

    @abstractmethod
    def held(self) -> dict[str, Any]:
        """What a perfect sync holds at this moment; called with `guard` held."""

    def vendor(self, request: Request) -> Reply:
        """The vendor's own answer."""
        return self.account.answer(request)

    def catch_up(self) -> None:
        """Let life go on until the clock's present."""
        self.life.until(self.clock.now())

    def meddle(self) -> None:
        """One random change in this second."""
        self.meddler.meddle(self.second())

    def tie(self, count: int) -> None:
        """A bulk job changes `count` tickets within this one second."""
        with self.guard:
            self.meddler.tie(self.second(), count)

    def truth(self) -> dict[str, Any]:
        """What a perfect sync holds at this moment; the vendor's module `truth` says its keys."""
        with self.guard:
            return self.held()

    def second(self) -> int:
        """The present second, in which life adds nothing more before what is done now."""
        now = self.clock.now()
        self.life.until(now)
        self.life.nothing_before(now)
        return now

"""A desk whose rules say what the test tells them, and channels that remember what they were sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from deskpulse import outbox
from deskpulse.alerts import actions, book
from deskpulse.alerts.cycle import Cycle, Report
from deskpulse.alerts.decision import Habits
from deskpulse.alerts.routing import Route
from deskpulse.alerts.rules import Plan
from deskpulse.alerts.transition import Timing
from deskpulse.message import Message
from deskpulse.notifier import Notifier, Receipt
from deskpulse.rule import Signal
from deskpulse.store import Store
from support.clock import FakeClock

RULE = "late"
NOTHING = timedelta(0)


def signal(subject: str = "t1", condition: str = "holds", **more: Any) -> Signal:
    """A signal about a ticket; `level`, `severity`, `labels` and the rest as given."""
    words = {"title": f"Ticket {subject} waits", "summary": f"Ticket {subject} waits too long"}
    return Signal(subject, condition, **(words | more))


def plan(name: str = RULE, **more: Any) -> Plan:
    """A rule without any waits; the settings of `Timing` and `Habits` may be given flat."""
    timing = {k: more.pop(k) for k in list(more) if k in Timing.__dataclass_fields__}
    habits = {k: more.pop(k) for k in list(more) if k in Habits.__dataclass_fields__}
    if "holds_for" in timing:
        habits["holds_for"] = timing["holds_for"]
    return Plan(name, timing=Timing(**timing), habits=Habits(**habits), **more)


class Recorder(Notifier):
    """A channel: `got` holds what it was sent, with the receipt that came along."""

    name = "recorder"

    def __init__(self, name: str = "team") -> None:
        self.label = name
        self.got: list[tuple[Message, Receipt | None]] = []
        self.faults: list[BaseException] = []

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        if self.faults:
            raise self.faults.pop(0)
        self.got.append((message, previous))
        return Receipt({"n": str(len(self.got)), "at": self.label})

    @property
    def messages(self) -> list[Message]:
        return [message for message, _ in self.got]

    @property
    def kinds(self) -> list[str]:
        return [message.kind for message in self.messages]


@dataclass
class Bench:
    """`bench(signal, ...)` is one cycle; `bench.team` is the channel of the only route."""

    store: Store
    clock: FakeClock
    plans: Sequence[Plan] = (plan(),)
    routes: Sequence[Route] = (Route("all", ("team",)),)
    channels: dict[str, Recorder] = field(default_factory=dict)

    def __call__(self, *signals: Signal, rule: str = RULE, send: bool = True) -> Report:
        return self.cycle({rule: signals} if signals else {}, send=send)

    def cycle(self, signals: Mapping[str, Iterable[Signal]], *, send: bool = True) -> Report:
        cycle = Cycle({each.name: each for each in self.plans}, self.routes)
        with self.store.writing() as connection:
            said = {name: tuple(items) for name, items in signals.items()}
            report = cycle.run(connection, said, self.clock.now())
        if send:
            self.send()
        return report

    def send(self) -> list[outbox.Sent]:
        return outbox.Sender(self.store, self.clock, self.channel).run()

    def channel(self, name: str) -> Recorder:
        return self.channels.setdefault(name, Recorder(name))

    @property
    def team(self) -> Recorder:
        return self.channel("team")

    def use(self, **settings: Any) -> None:
        """Set the only rule up anew."""
        self.plans = (plan(**settings),)

    def route(self, **settings: Any) -> None:
        """Change the first route."""
        self.routes = (replace(self.routes[0], **settings), *self.routes[1:])

    def wait(self, **span: float) -> None:
        self.clock.advance(timedelta(**span).total_seconds())

    def alerts(self, *states: str) -> list[Any]:
        with self.store.reading() as connection:
            return list(reversed(book.listed(connection, states, 10_000)))

    def every(self) -> list[Any]:
        return self.alerts(
            "pending", "firing", "acknowledged", "snoozed", "unknown", "resolved", "expired"
        )

    def why(self, subject: str = "t1", route: str = "all") -> str:
        with self.store.reading() as connection:
            found = {item.route: item for item in book.told_about(connection, (RULE, subject))}
        return found[route].reason if route in found else ""

    def do(self, action: Any, *arguments: Any) -> Any:
        """An action of `deskpulse.alerts.actions`, now."""
        with self.store.writing() as connection:
            return getattr(actions, action)(connection, *arguments, self.clock.now())

    def now(self) -> datetime:
        return self.clock.now()

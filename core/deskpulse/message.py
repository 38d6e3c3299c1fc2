"""What a notifier is asked to say: content, not layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from deskpulse.untrusted import Text

MessageKind = Literal["firing", "update", "resolved", "digest", "note"]
Tone = Literal["good", "bad", "neutral"]
Severity = Literal["info", "warning", "critical"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences; `lines` become lines."""

    lines: tuple[Text, ...]
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as people read it: `First reply time  38 min  (-12 %)  ▃▅▂`."""

    label: Text
    value: str
    delta: str | None = None
    tone: Tone = "neutral"
    sparkline: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A list of numbers."""

    items: tuple[Figure, ...]
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under columns."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A line through time; `points` are (label, value or None for no data)."""

    title: Text
    points: tuple[tuple[str, float | None], ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket in a list. `url` is the page that an agent opens."""

    reference: str
    subject: Text
    note: Text = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Tickets:
    """A list of tickets; `total` says how many there are when not all are listed."""

    items: tuple[TicketLine, ...]
    title: Text | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A named address of our own choosing (never one that a customer wrote)."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button: what it says and what comes back when somebody presses it."""

    label: str
    name: str
    value: str


Part = Paragraph | Figures | Table | Series | Tickets


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell.

    `key` names this message; `thread` what it is about over its whole life: the firing, its updates
    and its end share one (empty for a message that stands alone).

    `complete_to` is up to when the data behind it is complete (aware; None = unknown); it is shown
    in `zone` (IANA). `summary` is the whole message in one sentence: notifications and screen
    readers see nothing else.
    """

    key: str
    kind: MessageKind
    title: Text
    summary: Text
    parts: tuple[Part, ...] = ()
    links: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()
    complete_to: datetime | None = None
    zone: str = "UTC"
    id: str = field(default="")
    """The outbox row's id: sinks that honour idempotency keys are given it."""
    severity: Severity = "warning"
    acknowledged: bool = False
    """Somebody has taken it on: an `update` that says so, or one about a thing taken on before."""
    thread: str = ""
    mentions: tuple[str, ...] = ()
    """Whom to call by name; a sink calls those that it `knows` and leaves the others out."""

    @property
    def about(self) -> str:
        """What it is about: the same for every message of a thread."""
        return self.thread or self.key

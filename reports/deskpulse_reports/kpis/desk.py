"""What the engine must know of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """The frame in which every question is asked.

    `zone` is the IANA zone whose days, weeks and months count; `as_of` the present, aware;
    `week_start` 0 for Monday .. 6 for Sunday; `open_before` gives, per business calendar, its open
    seconds before `as_of`, counted from where derive counts `running_open_s`. `complete_to` (aware)
    is up to when every source is stored; None: up to the present.
    """

    zone: str
    as_of: datetime
    week_start: int = 0
    open_before: Mapping[str, float] = field(default_factory=dict)
    complete_to: datetime | None = None

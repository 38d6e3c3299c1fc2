"""One drill's outcome, and the table of all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

HEADINGS = (
    "drill",
    "kills",
    "expected",
    "lost",
    "repeated",
    "unmarked",
    "seconds",
    "",
    "beside it",
)


@dataclass
class Row:
    """What a drill did, and what it found. `repeated` messages came twice and said so.

    `unmarked` are repeats that did not say so; `wrong` says what else was not as it must be.
    """

    name: str
    kills: int = 0
    expected: int = 0
    lost: int = 0
    repeated: int = 0
    unmarked: int = 0
    seconds: float = 0.0
    beside: str = ""
    wrong: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Nothing lost, nothing repeated in silence, nothing else wrong."""
        return not (self.lost or self.unmarked or self.wrong)

    def must(self, holds: bool, otherwise: str) -> None:
        """Note what is wrong unless it holds."""
        if not holds:
            self.wrong.append(otherwise)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        figures = (self.kills, self.expected, self.lost, self.repeated, self.unmarked)
        verdict = "ok" if self.sound else "NOT ok"
        told = "; ".join(filter(None, (self.beside, *self.wrong)))
        return (self.name, *(f"{n:,}" for n in figures), f"{self.seconds:.0f}", verdict, told)


def table(rows: Iterable[Row]) -> str:
    """The rows in aligned columns."""
    lines = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADINGS))]
    texts = [
        "  ".join(
            cell.rjust(width) if 0 < n < 7 else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([texts[0], "-" * max(map(len, texts)), *texts[1:]])

"""What a chart is made of."""

from __future__ import annotations

from dataclasses import dataclass

from deskpulse_reports import words

Values = tuple[float | None, ...]
"""One value a label; None is a gap, because "no data" is not 0."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of values; `cases` says how many tickets are behind each."""

    name: str
    values: Values
    cases: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over the same labels. `labels` are short (axis), `names` long (tips, tables)."""

    title: str
    labels: tuple[str, ...]
    names: tuple[str, ...]
    lines: tuple[Line, ...]
    unit: str
    clock: str = "calendar"

    @property
    def top(self) -> float:
        """The largest value; 0 without data."""
        return max((v for line in self.lines for v in line.values if v is not None), default=0.0)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(value is None for line in self.lines for value in line.values)

    def say(self, value: float | None) -> str:
        """A value in words."""
        return words.value(value, self.unit, self.clock)

    def tip(self, index: int) -> str:
        """Everything about one label: `Mon 4 May 2026: median 38 min (n=12), p90 2 h 05 min`."""
        said = []
        for line in self.lines:
            cases = words.sample(line.cases[index]) if line.cases else ""
            said.append(f"{line.name} {self.say(line.values[index])}{f' ({cases})' * bool(cases)}")
        return f"{self.names[index]}: {', '.join(said)}"

    @property
    def summary(self) -> str:
        """One sentence for those who cannot see the drawing."""
        parts = []
        for line in self.lines:
            known = [value for value in line.values if value is not None]
            if known:
                parts.append(
                    f"{line.name} between {self.say(min(known))} and {self.say(max(known))}"
                )
        return f"{self.title}: {'; '.join(parts) or words.NO_DATA}"


@dataclass(frozen=True, slots=True)
class Heat:
    """A grid of amounts: `cells[row][column]`; None is no data."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Values, ...]
    unit: str

    @property
    def top(self) -> float:
        """The largest cell; 0 without data."""
        return max((v for row in self.cells for v in row if v is not None), default=0.0)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(value is None for row in self.cells for value in row)

    @property
    def summary(self) -> str:
        """One sentence for those who cannot see the drawing."""
        best = max(
            ((v, r, c) for r, row in enumerate(self.cells) for c, v in enumerate(row) if v),
            default=None,
        )
        if best is None:
            return f"{self.title}: {words.NO_DATA}"
        value, row, column = best
        said = words.value(value, self.unit)
        return f"{self.title}: most on {self.rows[row]} at {self.columns[column]} ({said})"

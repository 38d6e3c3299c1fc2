"""Progress bars: one line per source and stream while a sync or a derive works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID


class Bars:
    """A `sync.Progress` that draws; use it in a `with`. Draws nothing where nobody looks."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[count]:>9,} records"),
            TextColumn("[dim]{task.fields[note]}[/]"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def started(self, source: str, stream: str) -> None:
        """A new line."""
        self._counts[source, stream] = 0
        self._tasks[source, stream] = self._progress.add_task(
            f"{source} [bold]{stream}[/]", total=None, count=0, note=""
        )

    def page(self, source: str, stream: str, records: int, note: str) -> None:
        """Count on."""
        self._counts[source, stream] += records
        task = self._tasks[source, stream]
        self._progress.update(task, count=self._counts[source, stream], note=note)

    def ended(self, source: str, stream: str, outcome: str) -> None:
        """Full bar, and how it ended."""
        task = self._tasks[source, stream]
        self._progress.update(task, total=1, completed=1, note="" if outcome == "ok" else outcome)

    def tickets(self, what: str, done: int, total: int) -> None:
        """Tickets derived so far."""
        key = ("", what)
        if key not in self._tasks:
            self._tasks[key] = self._progress.add_task(what, total=total, count=0, note="")
        self._progress.update(self._tasks[key], completed=done, total=total, count=done)

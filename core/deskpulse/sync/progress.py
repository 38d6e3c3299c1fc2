"""What a sync tells about itself while it works; the command line draws bars of it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called from several threads, one per source."""

    def started(self, source: str, stream: str) -> None:
        """The stream begins."""
        ...

    def page(self, source: str, stream: str, records: int, note: str) -> None:
        """A page with `records` records is stored; `note` says how far the stream is."""
        ...

    def ended(self, source: str, stream: str, outcome: str) -> None:
        """The stream ended: ok, partial, skipped, waiting, paused or failed."""
        ...


class Silent:
    """Nobody watches."""

    def started(self, source: str, stream: str) -> None:
        """Say nothing."""

    def page(self, source: str, stream: str, records: int, note: str) -> None:
        """Say nothing."""

    def ended(self, source: str, stream: str, outcome: str) -> None:
        """Say nothing."""

"""More records at one instant than a page holds: the trap that loses or loops."""

from __future__ import annotations

import pytest

from deskpulse.errors import SourceChanged
from deskpulse.testing.contract.base import SHORTEST_REASON, Base
from deskpulse.testing.tape import Request, Tape, TapeMiss


class Ties(Base):
    """The test of ties."""

    def test_reads_pages_of_ties(self) -> None:
        """Every page of the tape of ties is read, or the connector says loudly that it cannot.

        Skipping is data loss, and asking for the same page for ever is an outage.
        """
        if isinstance(self.ties, str):
            if len(self.ties) < SHORTEST_REASON:
                self.fail(
                    "set ties to a tape on which more rows share one instant than a page holds, or "
                    "to a sentence that says why this cannot happen to this vendor's cursor"
                )
            return
        tape = self.ties if isinstance(self.ties, Tape) else Tape.load(self.ties)
        unread = {exchange.request: exchange for exchange in tape.exchanges}
        for name in self.stream_names():
            for asked in self._pull_ties(name, tape):
                unread.pop(asked, None)
        if unread:
            self.fail(f"a page of ties is never asked for: {next(iter(unread.values()))}")

    def _pull_ties(self, name: str, tape: Tape) -> set[Request]:
        """The requests that were read; none for a stream that is not on this tape."""
        player = tape.player()
        with self.opened(player) as connector:
            stream = next(each for each in connector.streams() if each.name == name)
            try:
                for _ in stream.pull(None):
                    player.demand_no_miss()
                player.demand_no_miss()
            except SourceChanged:
                return {exchange.request for exchange in tape.exchanges}  # loud is good enough
            except TapeMiss as problem:
                if player.asked:
                    pytest.fail(f"{name}: the tie is not read to its end: {problem}", pytrace=False)
        return {exchange.request for exchange in player.asked}

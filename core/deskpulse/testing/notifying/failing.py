"""What a notifier does when its sink refuses or stumbles."""

from __future__ import annotations

import pytest

from deskpulse.errors import DeliveryDeferred, DeliveryRejected
from deskpulse.testing.notifying.base import Base, sleepless
from deskpulse.testing.notifying.samples import alert
from deskpulse.testing.notifying.sink import WAIT_S, Fault


class Failing(Base):
    """Tests of failure."""

    def test_a_refusal_is_rejected(self) -> None:
        """What cannot succeed later is `DeliveryRejected`, with a hint what to do."""
        problem = self._problem("refused")
        if not isinstance(problem, DeliveryRejected):
            self.fail(f"a refusal for good gives {_told(problem)}, not DeliveryRejected")
        if not problem.hint.strip():
            self.fail("DeliveryRejected has no hint; it says what the operator can do")

    def test_a_busy_sink_is_deferred(self) -> None:
        """What asks for 7 seconds is `DeliveryDeferred` with that `retry_after`."""
        problem = self._deferred("busy")
        if problem.retry_after != WAIT_S:
            self.fail(f"the sink asks for {WAIT_S} s, retry_after is {problem.retry_after!r}")

    def test_a_sink_that_is_down_is_deferred(self) -> None:
        """A sink that is down is `DeliveryDeferred`, and it is sure that nothing arrived."""
        if self._deferred("down").ambiguous:
            self.fail("a sink that says it is down took nothing: ambiguous must be false")

    def test_an_unsure_delivery_says_so(self) -> None:
        """A connection that breaks after the last byte: deferred, and `ambiguous`."""
        if not self._deferred("unsure").ambiguous:
            self.fail("the sink may have taken the message: set ambiguous=True")

    def test_nobody_there_is_deferred(self) -> None:
        """A sink that cannot be reached is `DeliveryDeferred`."""
        if self._deferred("gone").ambiguous:
            self.fail("nobody was there to take it: ambiguous must be false")

    def test_recovers(self) -> None:
        """After a failure the same notifier delivers again."""
        for fault in ("busy", "down", "unsure"):
            if fault not in self.sink.faults:
                continue
            with self.opened() as (sink, notifier):
                sink.play(fault)
                with pytest.raises(DeliveryDeferred) as caught:
                    notifier.send(alert())
                before = len(sink.arrivals)
                self.send(notifier, alert(), caught.value.progress)
                if len(sink.arrivals) <= before:
                    self.fail(f"after {fault!r} nothing arrives any more")

    def _deferred(self, fault: Fault) -> DeliveryDeferred:
        problem = self._problem(fault)
        if not isinstance(problem, DeliveryDeferred):
            self.fail(f"{fault!r} gives {_told(problem)}, not DeliveryDeferred")
        return problem

    def _problem(self, fault: Fault) -> BaseException | None:
        """What `send` raises; it may ask once, and never sleeps."""
        if fault not in self.sink.faults:
            pytest.skip(f"does not apply: this sink is never {fault!r}")
        with self.opened() as (sink, notifier):
            sink.play(fault)
            problem: BaseException | None = None
            with sleepless() as slept:
                try:
                    notifier.send(alert())
                except Exception as raised:  # noqa: BLE001  which one it is, is the question
                    problem = raised
            if slept:
                self.fail(f"{fault!r} makes send sleep ({slept[0]} s)")
            if sink.attempts > 1:
                self.fail(f"{fault!r} is tried {sink.attempts} times; retrying is the sender's")
            return problem


def _told(problem: BaseException | None) -> str:
    return "no error" if problem is None else f"{type(problem).__name__}: {problem}"

"""Test tools for plugin authors, public and versioned like the rest.

    from deskpulse.testing import ConnectorContract

    class TestAcme(ConnectorContract):
        connector = Acme
        config = {"url": "https://acme.test", "api_key": "s3cr3t-key"}
        tape = Path(__file__).parent / "tapes/acme.json"

Three attributes buy a suite that runs offline and bites: `docs/testing.md` says what each test
means. `NotifierContract` is the same for notifiers, with an `HttpSink` to deliver to. `Tape` plays
recorded answers, `Recorder` writes them down, `Scrubber` takes people and secrets off a tape,
`frozen` is a clock that stands. `FaultProxy` stands before any server on this machine and spoils
what it answers.
Only the contracts need pytest; it is imported when one of them is asked for.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskpulse.testing.clock import FrozenClock, frozen
    from deskpulse.testing.contract import ConnectorContract
    from deskpulse.testing.fault_proxy import FaultProxy
    from deskpulse.testing.faults import Fault
    from deskpulse.testing.notifying import Arrival, HttpSink, NotifierContract, Sink
    from deskpulse.testing.recorder import Recorder
    from deskpulse.testing.scrubber import Scrubber
    from deskpulse.testing.tape import Exchange, Tape, TapeMiss

__all__ = [
    "Arrival",
    "ConnectorContract",
    "Exchange",
    "Fault",
    "FaultProxy",
    "FrozenClock",
    "HttpSink",
    "NotifierContract",
    "Recorder",
    "Scrubber",
    "Sink",
    "Tape",
    "TapeMiss",
    "frozen",
]

_HOME = MappingProxyType(
    {
        "Arrival": "notifying",
        "ConnectorContract": "contract",
        "Exchange": "tape",
        "Fault": "faults",
        "FaultProxy": "fault_proxy",
        "FrozenClock": "clock",
        "HttpSink": "notifying",
        "NotifierContract": "notifying",
        "Recorder": "recorder",
        "Scrubber": "scrubber",
        "Sink": "notifying",
        "Tape": "tape",
        "TapeMiss": "tape",
        "frozen": "clock",
    }
)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'deskpulse.testing' has no attribute {name!r}")
    return getattr(import_module(f"deskpulse.testing.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

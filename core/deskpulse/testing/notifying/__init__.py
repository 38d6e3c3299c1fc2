"""The contract of a notifier, as tests. What each one means: docs/testing.md."""

from __future__ import annotations

from deskpulse.testing.notifying.declaring import Declaring
from deskpulse.testing.notifying.delivering import Delivering
from deskpulse.testing.notifying.failing import Failing
from deskpulse.testing.notifying.http_sink import HttpSink
from deskpulse.testing.notifying.secrecy import Secrecy
from deskpulse.testing.notifying.sink import Arrival, Fault, Sink


class NotifierContract(Declaring, Delivering, Failing, Secrecy):
    """Subclass it in a test module and set three attributes; pytest does the rest.

    `notifier`: the class. `settings`: as plain values, secrets included (invented ones, eight
    characters or more); `{sink}` in one of them is the sink's address. `sink`: an `HttpSink`, or a
    `Sink` of your own.

    `shows`: what of a message this sink has room for; the default is everything.
    """


__all__ = ["Arrival", "Fault", "HttpSink", "NotifierContract", "Sink"]

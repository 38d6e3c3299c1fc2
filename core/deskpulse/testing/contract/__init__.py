"""The contract of a connector, as tests. What each one means: docs/testing.md."""

from __future__ import annotations

from deskpulse.testing.contract.declaring import Declaring
from deskpulse.testing.contract.failing import Failing
from deskpulse.testing.contract.moving import Moving
from deskpulse.testing.contract.pulling import Pulling
from deskpulse.testing.contract.reading import Reading
from deskpulse.testing.contract.secrecy import Secrecy
from deskpulse.testing.contract.ties import Ties
from deskpulse.testing.contract.values import Values
from deskpulse.testing.contract.weathering import Weathering


class ConnectorContract(
    Declaring, Pulling, Ties, Moving, Values, Failing, Weathering, Reading, Secrecy
):
    """Subclass it in a test module and set three attributes; pytest does the rest.

    `connector`: the class. `config`: its settings as plain values, secrets included (invented ones,
    eight characters or more). `tape`: the path of a tape (or a `Tape`) that holds every stream to
    its end, in two pages or more, and the next poll from there.

    `ties`: a second tape, on which more rows share one instant than a page holds; or a sentence
    why that cannot happen. `overlap`: how many records a pull may bring again because a boundary is
    inclusive or a lookback reads back; one number, or one a stream. `now`: the instant at which
    the clock stands. `exempt`: tests that cannot apply to this vendor, each with the reason.
    """


__all__ = ["ConnectorContract"]

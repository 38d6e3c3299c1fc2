"""The contract of a connector, as tests. What each one means: docs/testing.md."""

from __future__ import annotations

from deskpulse.testing.contract.declaring import Declaring
from deskpulse.testing.contract.failing import Failing
from deskpulse.testing.contract.pulling import Pulling
from deskpulse.testing.contract.secrecy import Secrecy
from deskpulse.testing.contract.ties import Ties


class ConnectorContract(Declaring, Pulling, Ties, Failing, Secrecy):
    """Subclass it in a test module and set three attributes; pytest does the rest.

    `connector`: the class. `config`: its settings as plain values, secrets included (invented ones,
    eight characters or more). `tape`: the path of a tape (or a `Tape`) that holds every stream to
    its end, in two pages or more, and the next poll from there.

    `ties`: a second tape, on which more rows share one instant than a page holds; or a sentence
    why that cannot happen. `overlap`: how many records a pull may bring again because a boundary is
    inclusive or a lookback reads back; one number, or one a stream. `now`: the instant at which
    the clock stands.
    """


__all__ = ["ConnectorContract"]

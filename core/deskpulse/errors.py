"""What can go wrong, arranged by what to do next.

    DeskpulseError
    ├── ConfigError            fix the configuration; nothing was started          (exit 2)
    ├── PluginError            a plugin breaks its contract; it is quarantined
    ├── StoreError             the store cannot be used now: locked, full, too old (exit 3)
    │   └── StoreUnreachable   its server does not answer, or not yet: come again
    ├── LeaseHeld              another process is at it; come again
    ├── RecordRejected         one record is bad: count it, keep it aside, go on
    ├── SourceError            a source could not be read; the cursor stays where it was
    │   ├── AuthRejected       pause the source until a person renews the credentials
    │   ├── StreamForbidden    skip this stream (scope or plan), go on with the others
    │   ├── RateLimited        come again after `retry_after` seconds
    │   ├── SourceUnavailable  come again later with the same cursor
    │   │   └── SourceUnreachable  so with every stream: nobody answers at its address
    │   ├── SourceChanged      the shape changed: loud, a developer must look
    │   ├── RequestRefused     this request will never be answered; the stream stops
    │   └── CursorExpired      the vendor forgot this cursor: start the stream anew
    └── DeliveryError          a message did not arrive
        ├── DeliveryRejected   permanent: dead letter, tell the operator
        └── DeliveryDeferred   try again after `retry_after` seconds

Every error has two texts: the message (for the log) and `hint` (for the operator: what to do).
Neither may hold a secret: `deskpulse.http.redact` cleans what comes from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskpulse.notifier import Receipt


class DeskpulseError(Exception):
    """The root. `hint` is one sentence that tells the operator what to do next."""

    hint: str = ""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        if hint:
            self.hint = hint

    @property
    def message(self) -> str:
        """The text for the log, without the hint."""
        return str(self.args[0])


class ConfigError(DeskpulseError):
    """The configuration cannot be used: names file, table and key, what came, what is allowed."""


class PluginError(DeskpulseError):
    """A plugin cannot be loaded or breaks its contract."""


class StoreError(DeskpulseError):
    """The store cannot be read or written now. Nothing that was stored is lost."""


class StoreUnreachable(StoreError):
    """The database server does not answer, or is only starting; `deskpulse run` waits for it."""

    hint = "The database server cannot be reached: check store.url and that it runs."


class LeaseHeld(DeskpulseError):
    """Another process holds the lease, or took it from us while we were away."""

    hint = "Another deskpulse is working on this; it will finish on its own."


class RecordRejected(DeskpulseError):
    """One record cannot be used. The page goes on without it and the run report counts it."""


class SourceError(DeskpulseError):
    """A source could not be read. `status` is the HTTP status, if there was one."""

    def __init__(self, message: str, *, hint: str = "", status: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class AuthRejected(SourceError):
    """The credentials were refused; retrying cannot help."""

    hint = "Renew the credentials of this source and run `deskpulse check`."


class StreamForbidden(SourceError):
    """The credentials are good, but not for this stream: a missing scope or the vendor's plan."""

    hint = "Grant the missing scope, or leave this stream out with `streams = [...]`."


class RateLimited(SourceError):
    """The vendor asks for patience. `retry_after` is in seconds."""

    hint = "Nothing to do: the next run waits as long as the vendor asked for."

    def __init__(
        self, message: str, *, retry_after: float, hint: str = "", status: int | None = None
    ) -> None:
        super().__init__(message, hint=hint, status=status)
        self.retry_after = retry_after


class SourceUnavailable(SourceError):
    """The source did not answer, or not in a way that can be used now."""

    hint = "Nothing to do: the next run continues from the same place."


class SourceUnreachable(SourceUnavailable):
    """No connection to the source's address could be made; its other streams need not be tried."""


class SourceChanged(SourceError):
    """The answer has another shape than the connector knows; guessing would lose data."""

    hint = "The vendor changed its API or the connector has a fault; please report this."


class RequestRefused(SourceError):
    """The vendor calls this request wrong (4xx). Retrying the same request cannot help."""

    hint = "Check this source's settings; if they are right, please report this."


class CursorExpired(SourceError):
    """The vendor no longer knows this cursor; the stream starts anew and loses nothing."""

    hint = "Nothing to do: the stream is read again from the beginning."


class DeliveryError(DeskpulseError):
    """A message did not arrive."""


class DeliveryRejected(DeliveryError):
    """The sink refuses this message for good; it goes to the dead letters."""

    hint = "Check this notifier's settings with `deskpulse check`."


class DeliveryDeferred(DeliveryError):
    """The sink cannot take it now. `retry_after` is in seconds; None leaves it to the sender.

    `progress` is set when a part has arrived (pages of a long message, some of the recipients):
    give it to the next `send` of the same message as `previous`, and only the rest is sent.
    `ambiguous`: the sink may have taken it before the connection broke, so that the next attempt
    may repeat it.
    """

    hint = "Nothing to do: the message is sent again later."

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        hint: str = "",
        progress: Receipt | None = None,
        ambiguous: bool = False,
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after
        self.progress = progress
        self.ambiguous = ambiguous

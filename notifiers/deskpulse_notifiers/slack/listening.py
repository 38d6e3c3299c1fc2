"""Hear which buttons are pressed, by Socket Mode: no public address, one connection outwards.

Slack wants an answer within 3 seconds and repeats what it got none for: so a press is acknowledged
by the connection's own thread before anything is done about it, and known by its own key.
"""

from __future__ import annotations

import logging
import select
import socket
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from deskpulse.errors import DeliveryDeferred, DeliveryError, DeliveryRejected
from deskpulse_notifiers.addresses import on_this_machine
from deskpulse_notifiers.slack.buttons import Press, presses_of

if TYPE_CHECKING:
    from deskpulse.clock import Clock
    from deskpulse.notifier import Pressing
    from deskpulse_notifiers.slack.bot import Bot

_LOOK_S = 0.2
"""How often it is looked whether to stop, and whether the connection is still there."""
_REMEMBERED = 1_000
"""Presses that are known again; Slack repeats within minutes."""
_NOT_YOURS = "You may not press this button here; ask whoever runs deskpulse."
_FAILED = "That did not work; the log of deskpulse says why. Nothing was changed."

_log = logging.getLogger("deskpulse.slack")


class Listener:
    """Listens for one app. `pressers` are the only people who may press; empty: everybody."""

    def __init__(self, bot: Bot, clock: Clock, pressers: frozenset[str]) -> None:
        self._bot = bot
        self._clock = clock
        self._pressers = pressers
        self._waiting: SimpleQueue[Press] = SimpleQueue()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def listen(self, pressing: Pressing, stop: Event) -> None:
        """Until `stop` is set; see `Slack.listen`."""
        line = _Line(self._bot.socket_address, self._heard)
        try:
            line.open()
            while not stop.is_set():
                with suppress(Empty):
                    self._act(self._waiting.get(timeout=_LOOK_S), pressing)
                line.keep_open()
        finally:
            line.close()

    def _heard(self, line: SocketModeClient, request: SocketModeRequest) -> None:
        """In the connection's thread: acknowledge, write down, return."""
        line.send_socket_mode_response(SocketModeResponse(request.envelope_id))
        if request.type == "interactive":
            for press in presses_of(request.payload, self._clock.now()):
                self._waiting.put(press)

    def _act(self, press: Press, pressing: Pressing) -> None:
        if press.once in self._seen:
            return
        self._seen[press.once] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        if self._pressers and press.user not in self._pressers:
            said = _NOT_YOURS
        else:
            try:
                said = pressing(press.pressed)
            except Exception as problem:  # noqa: BLE001  one press must not deafen the others
                # The type only: what a fault quotes may be anything.
                _log.error("a press of %r failed: %s", press.pressed.name, type(problem).__name__)
                said = _FAILED
        if not said or not press.channel:
            return
        try:
            self._bot.tell(press.channel, press.user, press.thread, said)
        except DeliveryError as problem:
            # It is done; only the person does not know. The message itself shows it, too.
            _log.warning("a press was done, but not told: %s", problem.message)


class _Line(SocketModeClient):
    """The SDK's connection, which logs nothing (its address is a secret) and never waits."""

    def __init__(
        self,
        address: Callable[[], str],
        heard: Callable[[SocketModeClient, SocketModeRequest], None],
    ) -> None:
        silent = logging.getLogger("deskpulse.slack.sdk")
        silent.setLevel(logging.CRITICAL + 1)
        self._address = address
        self._fault: DeliveryError | None = None
        super().__init__(app_token="", logger=silent, auto_reconnect_enabled=False, concurrency=4)
        self.socket_mode_request_listeners.append(heard)  # type: ignore[arg-type]

    def issue_new_wss_url(self) -> str:
        """A fresh address; the SDK's own way sleeps when Slack asks for patience."""
        try:
            address = self._address()
            parts = urlsplit(address)
            plain = parts.scheme == "ws" and on_this_machine(parts.hostname or "")
            # the SDK encrypts on port 443 only
            if not plain and (parts.scheme != "wss" or parts.port not in {None, 443}):
                raise DeliveryRejected(
                    "Slack's address for Socket Mode is not an encrypted one",
                    hint="Check `base_url` and the proxy.",
                )
        except DeliveryError as problem:
            self._fault = problem
            raise
        self._fault = None
        return address

    def open(self) -> None:
        """Connect, or raise."""
        self.wss_uri = None
        with suppress(SlackClientError, OSError):
            self.connect()
        self._demand_open()

    def keep_open(self) -> None:
        """Connect anew if the connection is lost; Slack itself renews it every few hours."""
        if self._is_cut():
            self._hang_up()
            self.disconnect()
        if not self.is_connected():
            # The SDK may just be changing to the address that Slack told it to change to.
            with self.connect_operation_lock:
                if not self.is_connected():
                    self.open()
        elif self._fault:
            self._demand_open()

    def close(self) -> None:
        """Close it now: the SDK would wait for its reading to time out."""
        self._hang_up()
        super().close()

    def _is_cut(self) -> bool:
        """Whether the other end is gone. The SDK takes the end for "nothing new" and reads on."""
        wire = self.current_session.sock if self.current_session else None
        if wire is None:
            return False
        try:
            # a twin, because an encrypted socket cannot be looked into
            with socket.fromfd(wire.fileno(), wire.family, wire.type) as twin:
                readable, _, _ = select.select([twin], [], [], 0)
                return bool(readable) and twin.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return False

    def _hang_up(self) -> None:
        wire = self.current_session.sock if self.current_session else None
        if wire is not None:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def _demand_open(self) -> None:
        if self._fault:
            raise self._fault
        if not self.is_connected():
            raise DeliveryDeferred(
                "no connection to Slack's Socket Mode; buttons do nothing meanwhile",
                hint="Check that this machine may connect to wss-primary.slack.com:443.",
            )

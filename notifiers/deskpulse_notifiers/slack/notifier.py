"""Tell a Slack channel."""

from __future__ import annotations

from threading import Event
from typing import ClassVar

from deskpulse.clock import Clock, SystemClock
from deskpulse.errors import ConfigError
from deskpulse.message import Message
from deskpulse.notifier import Notifier, Pressing, Receipt
from deskpulse_notifiers.slack.blocks import SLACK_ID
from deskpulse_notifiers.slack.bot import Bot
from deskpulse_notifiers.slack.config import SlackConfig
from deskpulse_notifiers.slack.incoming import Incoming
from deskpulse_notifiers.slack.listening import Listener


class Slack(Notifier):
    """One channel, written to with a bot token or by an incoming webhook.

    With a bot token a long message continues in its own thread; an update edits the message that it
    belongs to, a resolution also answers in its thread; a repeat answers in the thread and shows in
    the channel. A webhook can only post.
    """

    name: ClassVar[str] = "slack"
    spacing_s: ClassVar[float] = 1.0  # what Slack allows in one channel
    person: ClassVar[str] = "the id of a member (U024BE7LH) or a user group (S0614TZR7)"

    class Config(SlackConfig):
        """Settings of a `slack` notifier."""

    config: SlackConfig

    def __init__(self, config: SlackConfig, clock: Clock | None = None) -> None:
        super().__init__(config)
        self._clock = clock or SystemClock()
        self.sends_key = config.token is not None  # a webhook takes none
        self._way: Bot | Incoming = (
            Bot(config, config.token.get_secret_value())
            if config.token
            else Incoming(config, self._clock)
        )

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Post, or edit and answer `previous`.

        Each page is posted at most once per call. Raises `DeliveryRejected` or `DeliveryDeferred`;
        the latter carries `progress` when some pages of a long message are already there.
        """
        return self._way.send(message, previous)

    def knows(self, person: str) -> bool:
        """Slack calls people by their ids; a name or an address is only text there."""
        return SLACK_ID.fullmatch(person) is not None

    def check(self) -> str:
        """Who posts, and where; whether it may."""
        return self._way.check()

    def preview(self, message: Message) -> str:
        """The payloads as a JSON list; with a bot token all but the first go in its thread."""
        return self._way.preview(message)

    @property
    def listens(self) -> bool:
        """With an app token, and then there are buttons."""
        return self.config.app_token is not None

    def listen(self, pressing: Pressing, stop: Event) -> None:
        """Hand presses to `pressing`, one after another, in the thread that calls this.

        Returns when `stop` is set. Raises `DeliveryDeferred` when the connection is lost and cannot
        be renewed, `DeliveryRejected` when Slack refuses the app token.
        """
        if not isinstance(self._way, Bot) or not self.listens:
            raise ConfigError("there are no buttons to listen to: `app_token` is missing")
        Listener(self._way, self._clock, frozenset(self.config.pressers)).listen(pressing, stop)

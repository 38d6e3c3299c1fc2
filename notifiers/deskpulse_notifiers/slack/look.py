"""What this workspace shows beside the words: charts, buttons, mentions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskpulse_notifiers.slack.config import SlackConfig


@dataclass(frozen=True, slots=True)
class Look:
    """`mention` are ids from the config, checked there; no customer can write one."""

    charts: bool = False
    buttons: bool = False
    mention: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: SlackConfig) -> Look:
        """As configured: buttons only where somebody listens to them."""
        return cls(config.charts, config.app_token is not None, tuple(config.mention))


BARE = Look()

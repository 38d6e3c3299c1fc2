"""Notifiers set up for the servers of the tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from deskpulse.clock import AsOf
from deskpulse_notifiers.email import Email
from deskpulse_notifiers.slack import Slack
from support.smtp import PASSWORD, USER

if TYPE_CHECKING:
    from support.fake_slack import FakeSlack
    from support.smtp import MailServer

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
ONE, TWO, THREE = "a@example.com", "b@example.com", "c@example.com"


def slack_to(server: FakeSlack, **changes: Any) -> Slack:
    """A `slack` notifier for this server, with these settings changed."""
    settings = {
        "token": server.token,
        "channel": server.channel,
        "base_url": server.url,
        "timeout_s": 5,
    }
    return Slack(Slack.Config(**(settings | changes)))


def email_to(server: MailServer, *, paint: Any = None, **changes: Any) -> Email:
    """An `email` notifier for this server, with these settings changed; it is always `NOW`."""
    more = {"paint": paint} if paint else {}
    settings = {
        "host": server.host,
        "port": server.port,
        "security": "starttls",
        "username": USER,
        "password": PASSWORD,
        "sender": "Deskpulse <kpi@example.com>",
        "recipients": [ONE],
        "ca_file": server.ca_file,
        "timeout_s": 5,
        "charts": False,
    }
    return Email(Email.Config(**(settings | changes)), AsOf(NOW), **more)

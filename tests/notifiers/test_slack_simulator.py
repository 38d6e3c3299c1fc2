"""The Slack of the demonstration takes what the notifier sends, and shows it as a channel does."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from deskpulse.errors import DeliveryRejected
from deskpulse_notifiers.slack.notifier import Slack
from deskpulse_notifiers.slack.simulator import SlackSimulator
from support.messages import alert


def notifier(slack, token=SlackSimulator.token):
    settings = {"token": SecretStr(token), "channel": slack.channel, "base_url": slack.url}
    return Slack(Slack.Config.model_validate(settings))


def test_an_alert_is_posted_edited_and_answered():
    with SlackSimulator() as slack:
        sink = notifier(slack)
        assert sink.check()
        receipt = sink.send(alert())
        over = replace(alert(), kind="resolved", id="outbox-2", summary="Met in time.")
        sink.send(over, receipt)
        (shown,) = slack.messages.values()
        assert shown.edits == 1
        assert len(shown.replies) == 1


def test_a_wrong_token_is_refused():
    with SlackSimulator() as slack, pytest.raises(DeliveryRejected, match="invalid_auth"):
        notifier(slack, "xoxb-wrong").send(alert())

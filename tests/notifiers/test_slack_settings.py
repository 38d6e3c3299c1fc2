from __future__ import annotations

import logging
import traceback

import pytest
from pydantic import ValidationError

from deskpulse.errors import DeliveryError, DeliveryRejected
from deskpulse_notifiers.slack import Slack
from support import fake_slack
from support.fake_slack import PERMANENT, error
from support.messages import alert, digest
from support.senders import slack_to


def test_check_says_who_and_where(slack, notifier):
    assert notifier.check() == f"signed in as deskpulse at Acme, posts to {slack.channel}"
    slack.scopes = "chat:write,files:write,users:read"
    assert notifier.check().endswith("also holds files:write, users:read")
    slack.scopes = "users:read"
    with pytest.raises(DeliveryRejected, match="may not post") as caught:
        notifier.check()
    assert "chat:write" in caught.value.hint
    slack.scopes = ""
    assert "signed in" in notifier.check()


def test_check_with_a_wrong_token(slack):
    with pytest.raises(DeliveryRejected, match="invalid_auth") as caught:
        slack_to(slack, token="xoxb-wrong").check()
    assert "new bot token" in caught.value.hint


def test_the_token_is_nowhere(slack, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    canary = "xoxb-canary-9d1f"
    slack.token = canary
    notifier = slack_to(slack, timeout_s=0.3)
    outputs = [
        repr(notifier),
        repr(notifier.config),
        str(notifier.config),
        notifier.preview(digest()),
    ]
    faults = [
        fake_slack.HTML,
        fake_slack.TRUNCATED,
        fake_slack.ACCEPT_THEN_RESET,
        fake_slack.UNAVAILABLE,
    ]
    for fault in [*faults, fake_slack.ACCEPT_THEN_SILENCE, *map(error, PERMANENT), None]:
        if fault:
            slack.faults.append(fault)
        try:
            outputs.append(repr(notifier.send(alert())))
        except DeliveryError as problem:
            outputs += [str(problem), repr(problem), problem.hint]
            outputs.append("".join(traceback.format_exception(problem)))
    outputs += [caplog.text, *capsys.readouterr()]
    assert canary not in "\n".join(outputs)
    assert "Where is my order?" not in caplog.text


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": "#general"},
        {"channel": "general"},
        {"channel": "c024be91l"},
        {"channel": ""},
        {"token": ""},
        {"token": "https://hooks.slack.com/services/T/B/canary"},
        {"token": "xoxb-canary\nX: y"},
        {"base_url": "http://slack.example/api/"},
        {"base_url": "slack.com"},
        {"timeout_s": 0},
        {"chanel": "C1"},
    ],
)
def test_bad_settings_are_refused_without_showing_the_token(changes):
    with pytest.raises(ValidationError) as caught:
        Slack.Config(**({"token": "xoxb-canary", "channel": "C024BE91L"} | changes))
    assert "canary" not in str(caught.value)


def test_every_setting_is_described():
    for field in Slack.Config.model_fields.values():
        assert field.description
        assert field.description.endswith(".")

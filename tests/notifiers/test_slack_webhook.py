from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from deskpulse.errors import DeliveryDeferred, DeliveryRejected
from deskpulse.message import Series
from deskpulse.notifier import Receipt
from deskpulse_notifiers.slack import Slack
from support import fake_slack
from support.fake_slack import PLAIN, Fault
from support.messages import alert, digest, long_digest


def by_webhook(slack, **changes):
    return Slack(Slack.Config(**({"webhook_url": slack.webhook_url, "timeout_s": 2} | changes)))


def test_a_digest_arrives_with_nothing_to_set_up(slack):
    receipt = by_webhook(slack).send(digest())
    (payload,) = slack.by_webhook
    assert payload["text"].startswith("Support on Saturday, 21 November")
    assert payload["unfurl_links"] is False
    assert receipt.address == {}
    assert "cannot be edited" in receipt.note


def test_what_follows_is_a_post_of_its_own(slack):
    notifier = by_webhook(slack)
    first = notifier.send(alert("firing"))
    notifier.send(alert("resolved"), first)
    assert len(slack.by_webhook) == 2
    assert not notifier.listens
    assert not notifier.sends_key


def test_a_long_digest_is_several_posts_and_is_continued_where_it_stopped(slack):
    notifier = by_webhook(slack)
    pages = json.loads(notifier.preview(long_digest()))
    assert len(pages) > 2
    slack.faults.extend([None, fake_slack.too_many("7")])
    with pytest.raises(DeliveryDeferred) as caught:
        notifier.send(long_digest())
    assert caught.value.retry_after == 7
    notifier.send(long_digest(), caught.value.progress)
    assert slack.by_webhook == pages


def test_progress_of_another_message_is_not_ours(slack):
    by_webhook(slack).send(alert(), Receipt({"message": "another", "done": "9"}))
    assert len(slack.by_webhook) == 1


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (404, "no_service", "make a new one"),
        (403, "invalid_token", "make a new one"),
        (410, "channel_is_archived", "unarchive it"),
        (403, "action_prohibited", "ask a Slack admin"),
        (400, "invalid_payload", "please report"),
        (404, "<html>not Slack</html>", "make a new one"),
    ],
)
def test_refusals_are_final_and_say_what_to_do(slack, status, code, says):
    fault = Fault(status=status, body=code.encode(), headers=PLAIN)
    slack.faults.extend([fault] * 3)
    with pytest.raises(DeliveryRejected) as caught:
        by_webhook(slack).send(alert())
    assert says in caught.value.hint
    assert "fake-webhook-path" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize(
    ("fault", "ambiguous"),
    [
        (fake_slack.HTML, True),
        (fake_slack.SERVER_ERROR, True),
        (fake_slack.UNAVAILABLE, False),
        (fake_slack.RESET, True),
        (fake_slack.ACCEPT_THEN_RESET, True),
        (fake_slack.ACCEPT_THEN_SILENCE, True),
        (Fault(body=b""), True),
    ],
)
def test_whatever_else_comes_back_is_deferred(slack, fault, ambiguous):
    slack.faults.append(fault)
    with pytest.raises(DeliveryDeferred) as caught:
        by_webhook(slack, timeout_s=0.3).send(alert())
    assert caught.value.ambiguous is ambiguous
    assert slack.requests == 1


def test_refused_charts_and_blocks_become_text(slack):
    slack.faults.extend([Fault(status=400, body=b"invalid_blocks", headers=PLAIN)] * 2)
    drawn = Series("Backlog", (("a", 1.0), ("b", 2.0)))
    by_webhook(slack).send(digest(parts=(drawn, *digest().parts)))
    (payload,) = slack.by_webhook
    assert "blocks" not in payload
    assert "Where is my order?" in payload["text"]


def test_check_posts_nothing(slack):
    assert by_webhook(slack).check().startswith("127.0.0.1 answers")
    assert slack.by_webhook == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"webhook_url": "http://hooks.slack.com/services/canary"}, "https"),
        ({"webhook_url": "canary"}, "not an address"),
        ({"webhook_url": "https://user:canary@hooks.slack.com/x"}, "user"),
        ({"token": "xoxb-canary", "channel": "C024BE91L"}, "either"),
        ({"channel": "C024BE91L"}, "of its own"),
        ({"app_token": "xapp-canary"}, "no buttons"),
        ({"webhook_url": None}, "either"),
        ({"webhook_url": None, "token": "xoxb-canary"}, "channel"),
        (
            {
                "webhook_url": None,
                "token": "xoxb-canary",
                "channel": "C024BE91L",
                "app_token": "xoxb-canary",
            },
            "xapp-",
        ),
        ({"mention": ["everyone"]}, "user group"),
        ({"mention": ["<!channel>"]}, "user group"),
        ({"pressers": ["S0614TZR7"]}, "person"),
    ],
)
def test_settings_that_cannot_be(changes, says):
    with pytest.raises(ValidationError) as caught:
        Slack.Config(**({"webhook_url": "https://hooks.slack.com/services/canary"} | changes))
    assert says in str(caught.value)
    assert "canary" not in str(caught.value)

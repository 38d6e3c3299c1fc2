from __future__ import annotations

import json

import pytest

from deskpulse.errors import DeliveryDeferred, DeliveryError, DeliveryRejected
from deskpulse_notifiers.slack.answers import FORGOTTEN, TEMPORARY
from support import fake_slack
from support.fake_slack import PERMANENT, FakeSlack, Fault, error, too_many
from support.messages import OWN_HOST, alert, digest
from support.senders import slack_to
from support.slack_limits import meanings


@pytest.mark.parametrize("code", PERMANENT)
def test_permanent_errors_are_rejected_with_advice(slack, notifier, code):
    slack.faults.append(error(code))
    with pytest.raises(DeliveryRejected) as caught:
        notifier.send(alert())
    assert code in caught.value.message
    assert caught.value.hint
    assert slack.requests == 1


@pytest.mark.parametrize("code", sorted(TEMPORARY))
def test_temporary_errors_are_deferred(slack, notifier, code):
    slack.faults.append(error(code))
    with pytest.raises(DeliveryDeferred):
        notifier.send(alert())
    assert slack.requests == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("30", 30),
        ("3600", 3600),
        ("86400000", None),
        ("abc", None),
        ("-1", None),
        ("", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("1.5", 1.5),
        ("9" * 30, None),
        (None, None),
    ],
)
def test_every_kind_of_retry_after(slack, notifier, header, seconds):
    slack.faults.append(too_many(header))
    with pytest.raises(DeliveryDeferred) as caught:
        notifier.send(alert())
    assert caught.value.retry_after == seconds
    assert slack.requests == 1
    assert slack.posts == []


@pytest.mark.parametrize(
    ("fault", "posts"),
    [
        (fake_slack.HTML, 0),
        (fake_slack.TRUNCATED, 1),
        (fake_slack.UNAVAILABLE, 0),
        (fake_slack.SERVER_ERROR, 0),
        (fake_slack.RESET, 0),
        (fake_slack.ACCEPT_THEN_RESET, 1),
        (fake_slack.ACCEPT_THEN_SILENCE, 1),
        (Fault(body=b""), 0),
        (Fault(body=b"[1]"), 0),
        (Fault(body=b"null"), 0),
        (Fault(body=b'"text"'), 0),
        (Fault(body=b'{"ok": false}'), 0),
        (Fault(body=b'{"ok": false, "error": 7}'), 0),
        (Fault(body=b"\xff\xfe\xfa"), 0),
        (Fault(body=b"{}", headers={"Content-Type": "text/plain; charset=klingon"}), 0),
        (
            Fault(status=502, body=b"\xff", headers={"Content-Type": "text/html; charset=klingon"}),
            0,
        ),
    ],
)
def test_whatever_comes_back_is_one_post_and_a_deferral(slack, fault, posts):
    slack.faults.append(fault)
    with pytest.raises(DeliveryDeferred):
        slack_to(slack, timeout_s=0.3).send(alert())
    assert slack.requests == 1
    assert len(slack.posts) == posts


def test_nobody_listening_is_deferred():
    with FakeSlack() as gone:
        notifier = slack_to(gone)
    with pytest.raises(DeliveryDeferred, match="cannot be reached"):
        notifier.send(alert())


@pytest.mark.parametrize("status", [404, 403, 301])
def test_an_address_that_is_no_slack_is_rejected(slack, notifier, status):
    slack.faults.append(Fault(status=status, body=b"<html>no</html>"))
    with pytest.raises(DeliveryRejected) as caught:
        notifier.send(alert())
    assert "base_url" in caught.value.hint


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_follows_no_redirect(slack, notifier, status):
    with FakeSlack() as elsewhere:
        slack.faults.append(Fault(status=status, headers={"Location": elsewhere.url + "auth.test"}))
        with pytest.raises(DeliveryError):
            notifier.send(alert())
        assert elsewhere.requests == 0


def test_refused_blocks_become_text(slack, notifier):
    slack.faults.append(error("invalid_blocks"))
    notifier.send(digest())
    (post,) = slack.posts
    assert post.payload["blocks"] == []
    assert "Where is my order?" in post.payload["text"]
    assert meanings(post.payload, frozenset({OWN_HOST})) == []


def test_too_long_blocks_are_split_into_the_thread(slack, notifier):
    slack.faults.append(error("msg_blocks_too_long"))
    notifier.send(digest())
    whole = json.loads(notifier.preview(digest()))[0]["blocks"]
    first, second = slack.posts
    assert first.payload["blocks"] + second.payload["blocks"] == whole
    assert second.payload["thread_ts"] == first.ts


def test_a_text_that_is_too_long_for_an_edit_is_split_too(slack, notifier):
    """Slack says `msg_too_long` of an edit where it says `msg_blocks_too_long` of a post."""
    first = notifier.send(alert("firing"))
    slack.faults.extend([error("msg_too_long")])
    notifier.send(alert("resolved"), first)
    [edit] = slack.updates
    whole = json.loads(notifier.preview(alert("resolved")))[0]["blocks"]
    assert edit.payload["blocks"] == whole[: len(whole) // 2]
    assert slack.posts[-1].payload["blocks"] == whole[len(whole) // 2 :]


def test_a_refused_edit_becomes_text(slack, notifier):
    first = notifier.send(alert("firing"))
    slack.faults.append(error("invalid_blocks"))
    notifier.send(alert("resolved"), first)
    assert slack.updates[0].payload["blocks"] == []


def test_always_refused_blocks_end(slack, notifier):
    slack.faults.extend([error("invalid_blocks")] * 3)
    with pytest.raises(DeliveryRejected):
        notifier.send(digest())
    assert slack.requests == 2


@pytest.mark.parametrize("code", sorted(FORGOTTEN))
def test_a_forgotten_message_id_is_left_out(slack, notifier, code):
    slack.faults.append(error(code))
    notifier.send(digest())
    (post,) = slack.posts
    assert "client_msg_id" not in post.payload

from __future__ import annotations

import json
from collections import deque
from dataclasses import replace

import pytest

from deskpulse.errors import DeliveryDeferred
from deskpulse.notifier import Receipt
from deskpulse_notifiers.slack.answers import GONE
from support.fake_slack import error, too_many
from support.hostile import NAMES, TEXTS
from support.messages import OWN_HOST, alert, digest, filled_with, long_digest
from support.slack_limits import meanings


def test_a_digest_arrives(slack, notifier):
    receipt = notifier.send(digest())
    (post,) = slack.posts
    assert receipt.address == {"channel": slack.channel, "ts": post.ts, "to": slack.channel}
    assert post.payload["unfurl_links"] is False
    assert post.payload["unfurl_media"] is False
    assert post.payload["parse"] == "none"
    assert post.payload["link_names"] is False
    assert post.payload["metadata"]["event_payload"] == {"id": "outbox-17", "kind": "digest"}
    assert "thread_ts" not in post.payload
    assert slack.violations == []


def test_preview_is_what_is_sent(slack, notifier):
    for message in (digest(), long_digest(), alert()):
        slack.calls.clear()
        notifier.send(message)
        shown = json.loads(notifier.preview(message))
        first = slack.posts[0].ts
        sent = [post.payload for post in slack.posts]
        assert len(shown) == len(sent)
        for one, other in zip(shown, sent, strict=True):
            if "thread_ts" in other:
                assert other.pop("thread_ts") == first
                del one["thread_ts"], other["reply_broadcast"]
            assert one == other


def test_the_same_message_has_the_same_idempotency_key(slack, notifier):
    notifier.send(digest())
    notifier.send(digest())
    notifier.send(digest(id="outbox-18"))
    one, again, other = (post.payload["client_msg_id"] for post in slack.posts)
    assert one == again != other


def test_a_long_digest_continues_in_its_thread(slack, notifier):
    notifier.send(long_digest())
    first, *rest = slack.posts
    assert rest
    assert {post.payload["thread_ts"] for post in rest} == {first.ts}
    assert not any(post.payload["reply_broadcast"] for post in rest)
    assert slack.violations == []


def test_a_broken_thread_is_continued_where_it_stopped(slack, notifier):
    expected = len(json.loads(notifier.preview(long_digest())))
    slack.faults.extend([None, too_many("7")])
    with pytest.raises(DeliveryDeferred) as caught:
        notifier.send(long_digest())
    assert caught.value.retry_after == 7
    assert len(slack.posts) == 1
    progress = caught.value.progress
    receipt = notifier.send(long_digest(), progress)
    assert len(slack.posts) == expected
    assert {post.payload["thread_ts"] for post in slack.posts[1:]} == {"1700000000.000001"}
    assert "done" not in receipt.address
    whole = json.loads(notifier.preview(long_digest()))
    assert [post.payload["blocks"] for post in slack.posts] == [page["blocks"] for page in whole]


def test_progress_of_another_message_is_not_taken_for_ours(slack, notifier):
    progress = Receipt(
        {"channel": slack.channel, "ts": "1.1", "to": slack.channel, "message": "x", "done": "3"}
    )
    notifier.send(digest(), progress)
    assert len(slack.posts) == 1
    assert "thread_ts" not in slack.posts[0].payload


def test_an_update_edits_the_message_and_is_quiet(slack, notifier):
    first = notifier.send(alert("firing"))
    second = notifier.send(alert("update", title="Acknowledged: #4711"), first)
    (update,) = slack.updates
    assert update.payload["ts"] == first.address["ts"] == second.address["ts"]
    assert update.payload["blocks"][0]["text"]["text"] == "Acknowledged: #4711"
    assert len(slack.posts) == 1


def test_a_resolution_edits_the_message_and_answers_once_in_its_thread(slack, notifier):
    first = notifier.send(alert("firing"))
    second = notifier.send(alert("resolved", title="Answered in time: #4711"), first)
    (update,) = slack.updates
    assert len(slack.posts) == 2
    assert update.payload["ts"] == first.address["ts"]
    assert update.payload["blocks"][0]["text"]["text"].endswith("Answered in time: #4711")
    answer = slack.posts[-1]
    assert answer.payload["thread_ts"] == first.address["ts"]
    assert answer.payload["reply_broadcast"] is False
    assert second.address["ts"] == first.address["ts"]


def test_a_repeat_answers_in_the_thread_and_shows_in_the_channel(slack, notifier):
    first = notifier.send(alert("firing"))
    second = notifier.send(alert("firing", id="again"), first)
    assert slack.updates == []
    assert slack.posts[-1].payload["thread_ts"] == first.address["ts"]
    assert slack.posts[-1].payload["reply_broadcast"] is True
    assert second.address["ts"] == first.address["ts"]


def test_todays_digest_never_hides_in_yesterdays(slack, notifier):
    first = notifier.send(digest())
    notifier.send(digest(id="tomorrow"), first)
    assert slack.updates == []
    assert "thread_ts" not in slack.posts[-1].payload


@pytest.mark.parametrize("code", sorted(GONE))
def test_a_message_that_is_gone_is_posted_anew(slack, notifier, code):
    first = notifier.send(alert("firing"))
    slack.fault_for["chat.update"] = deque([error(code)])
    second = notifier.send(alert("resolved"), first)
    assert second.address["ts"] != first.address["ts"]
    assert "thread_ts" not in slack.posts[-1].payload


def test_a_deleted_message_is_posted_anew(slack, notifier):
    first = notifier.send(alert("firing"))
    slack.deleted.add(first.address["ts"])
    second = notifier.send(alert("update"), first)
    assert second.address["ts"] != first.address["ts"]
    third = notifier.send(alert("resolved"), second)
    assert third.address["ts"] == second.address["ts"]


def test_another_channel_in_the_config_gets_a_new_message(slack, notifier):
    old = Receipt({"channel": "C0OLDOLD1", "ts": "1.1", "to": "C0OLDOLD1"})
    receipt = notifier.send(alert("resolved"), old)
    assert receipt.address["channel"] == slack.channel
    assert slack.updates == []


def test_a_receipt_of_another_notifier_is_ignored(slack, notifier):
    notifier.send(alert("resolved"), Receipt({"message_id": "<a@b>"}))
    assert len(slack.posts) == 1


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_hostile_text_arrives_as_text(slack, notifier, text):
    notifier.send(filled_with(text))
    assert slack.violations == []
    for post in slack.posts:
        assert meanings(post.payload, frozenset({OWN_HOST})) == []
    notifier.preview(filled_with(text)).encode()


def test_an_edit_whose_answer_is_cut_short_is_finished_later(slack, notifier):
    first = notifier.send(alert("firing"))
    long = long_digest(tickets=200)
    message = alert("resolved", parts=long.parts)
    slack.fault_for["chat.postMessage"] = deque([None, too_many("1")])
    with pytest.raises(DeliveryDeferred) as caught:
        notifier.send(message, first)
    notifier.send(message, caught.value.progress)
    replies = [post for post in slack.posts if post.payload.get("thread_ts")]
    assert {post.payload["thread_ts"] for post in replies} == {first.address["ts"]}
    assert len({post.payload["text"] for post in replies}) == len(replies)
    pages = json.loads(notifier.preview(message))
    shown = [slack.updates[-1].payload["blocks"], *(post.payload["blocks"] for post in replies[1:])]
    assert shown == [page["blocks"] for page in pages]


def test_a_half_posted_thread_that_is_gone_is_posted_anew(slack, notifier):
    expected = len(json.loads(notifier.preview(long_digest())))
    slack.faults.extend([None, too_many("7")])
    with pytest.raises(DeliveryDeferred) as caught:
        notifier.send(long_digest())
    slack.faults.append(error("thread_not_found"))
    receipt = notifier.send(long_digest(), caught.value.progress)
    assert len(slack.posts) == 1 + expected
    assert receipt.address["ts"] != caught.value.progress.address["ts"]


def test_without_an_id_there_is_no_progress_to_confuse(slack, notifier):
    slack.faults.extend([None, too_many("7")])
    with pytest.raises(DeliveryDeferred) as caught:
        notifier.send(replace(long_digest(), id=""))
    assert caught.value.progress is None

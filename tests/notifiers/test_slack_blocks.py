from __future__ import annotations

import json

import pytest
from slack_sdk.models.blocks import Block

from deskpulse.message import Paragraph
from deskpulse_notifiers.slack.blocks import blocks_of
from deskpulse_notifiers.slack.look import BARE, Look
from deskpulse_notifiers.slack.pages import after, answer_of, pages_of
from support.hostile import NAMES, TEXTS
from support.messages import OWN_HOST, MessageMaker, alert, digest, filled_with, long_digest
from support.slack_limits import meanings, problems

OWN = frozenset({OWN_HOST})


ALL = Look(charts=True, buttons=True)


def payloads(message, look=BARE):
    return [{"text": page.text, "blocks": list(page.blocks)} for page in pages_of(message, look)]


def assert_sound(payload):
    assert problems(payload) == []
    assert meanings(payload, OWN) == []
    for block in payload["blocks"]:
        if block["type"] == "data_visualization":
            continue  # slack_sdk has no class for it
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    json.dumps(payload).encode("ascii")


def test_the_judge_can_say_no():
    mention = {"text": "<!channel>", "blocks": []}
    assert meanings(mention, OWN)
    assert meanings({"text": "<https://evil.example|bank>"}, OWN)
    assert not meanings({"text": f"<https://{OWN_HOST}/x|ours> &lt;"}, OWN)
    assert meanings({"text": "cut &am"}, OWN)
    assert problems({"text": "", "blocks": []}) == ["no_text"]
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    assert problems({"text": "t", "blocks": [long]})
    assert problems(
        {"text": "t", "blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]}
    )


def test_a_digest_reads_in_order():
    (payload,) = payloads(digest())
    assert_sound(payload)
    assert payload["text"].startswith("Support on Saturday, 21 November: 48 tickets came in")
    header, summary, fresh, *_ = payload["blocks"]
    assert header["text"]["text"] == "Support on Saturday, 21 November"
    assert summary["text"]["text"].endswith("12 % faster.")
    assert fresh["elements"][0]["text"] == "Data complete to 2026-11-22 07:58 Europe/Berlin"
    text = json.dumps(payload, ensure_ascii=False)
    assert "✅ *First reply time*  38 min  (-12 %)  ▃▅▂  n = 48" in text
    assert f"<https://{OWN_HOST}/agent/tickets/4711|#4711>  Where is my order? — waits 3 d" in text
    assert "#4712  R&amp;D &lt;refund&gt;" in text
    assert "and 7 more" in text
    assert f"<https://{OWN_HOST}/report?a=1&amp;b=2|Open the report>" in text


def test_customer_text_is_quoted_verbatim_in_every_markup_object():
    for block in blocks_of(digest()):
        if block["type"] == "section" and block["text"]["type"] == "mrkdwn":
            assert block["text"]["verbatim"] is True


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
@pytest.mark.parametrize("kind", ["digest", "firing"])
def test_hostile_text_is_only_text(text, kind):
    for payload in payloads(filled_with(text, kind)):
        assert_sound(payload)


@pytest.mark.parametrize("seed", range(8))
def test_two_thousand_messages_within_the_limits(seed):
    maker = MessageMaker(seed)
    for _ in range(250):
        message = maker.message()
        made = payloads(message, ALL)
        assert 1 <= len(made) <= 10
        for payload in made:
            assert_sound(payload)
        answer = answer_of(message)
        assert_sound({"text": answer.text, "blocks": list(answer.blocks)})


def test_a_long_digest_continues_and_loses_nothing():
    made = payloads(long_digest(tickets=320))
    assert len(made) > 3
    for payload in made:
        assert_sound(payload)
    everything = json.dumps(made)
    assert all(f"|#{number}>" in everything for number in range(320))
    assert made[1]["text"].startswith(f"(2 of {len(made)}) Support on")


def test_many_small_parts_are_cut_at_fifty_blocks():
    parts = tuple(Paragraph((f"part {number}",)) for number in range(170))
    made = payloads(digest(parts=parts))
    assert len(made) == 4
    for payload in made:
        assert_sound(payload)
    assert sum(len(payload["blocks"]) for payload in made) == 174


def test_what_does_not_fit_at_all_is_counted():
    made = payloads(long_digest(tickets=2000))
    assert len(made) == 10
    last = made[-1]["blocks"][-1]["elements"][0]["text"]
    assert last.endswith("more sections are left out here")
    assert_sound(made[-1])


def test_pages_shrink_when_slack_says_so():
    page = pages_of(digest())[0]
    first, second = page.simpler("msg_blocks_too_long")
    assert first.blocks + second.blocks == page.blocks
    assert first.covers + second.covers == page.covers
    (bare,) = page.simpler("invalid_blocks")
    assert bare.blocks == ()
    assert bare.covers == page.covers
    assert "Where is my order?" in bare.text
    assert bare.simpler("invalid_blocks") == []
    assert page.simpler("is_archived") == []


def test_what_is_left_after_some_blocks():
    pages = pages_of(long_digest())
    every = [block for page in pages for block in page.blocks]
    for done in range(len(every) + 1):
        left = after(pages, done)
        assert [block for page in left for block in page.blocks] == every[done:]
        assert sum(page.covers for page in left) == len(every) - done


def test_kinds_are_marked_by_words_and_sign():
    assert payloads(alert("firing"))[0]["text"].startswith("🔴 First reply due")
    assert payloads(alert("resolved"))[0]["text"].startswith("✅ ")
    unknown = payloads(alert("firing", complete_to=None))[0]["blocks"]
    assert "not known up to when" in json.dumps(unknown)

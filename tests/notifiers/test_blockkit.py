"""What we send to Slack, judged by a library that somebody else wrote."""

from __future__ import annotations

import pytest

pytest.importorskip("blockkit", reason="the dev group's blockkit is not installed")

from deskpulse.message import Action
from deskpulse_notifiers.slack.look import Look
from deskpulse_notifiers.slack.pages import pages_of
from support.blockkit_judge import complaints
from support.messages import MessageMaker, digest

LOOK = Look(charts=True, buttons=True, mention=("U024BE7LH",))


def payloads(message):
    return [{"text": page.text, "blocks": list(page.blocks)} for page in pages_of(message, LOOK)]


def test_a_digest_is_valid():
    buttons = (Action("Acknowledge", "acknowledge", "1"), Action("Snooze", "snooze", "1h"))
    for payload in payloads(digest(kind="firing", actions=buttons)):
        assert complaints(payload) == []


@pytest.mark.parametrize("seed", range(3))
def test_generated_messages_are_valid(seed):
    maker = MessageMaker(1_000 + seed)
    for _ in range(100):
        for payload in payloads(maker.message()):
            assert complaints(payload) == []


def test_the_judge_can_say_no():
    def section(text, **more):
        return {"type": "section", "text": {"type": "plain_text", "text": text, **more}}

    good = {"text": "t", "blocks": [section("x")]}
    assert complaints(good) == []
    for bad in (
        section("x" * 3_001),
        section("", emoji=False),
        section("x", verbatim=True),
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "context", "elements": [section("x")["text"]] * 11},
    ):
        assert complaints(good | {"blocks": [bad]})

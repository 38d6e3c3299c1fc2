"""Charts, mentions, and what Slack may not know yet."""

from __future__ import annotations

import json
import math

import pytest

from deskpulse.errors import DeliveryDeferred
from deskpulse.message import Series
from deskpulse_notifiers.slack.chart import chart_of
from support import fake_slack
from support.fake_slack import error
from support.hostile import NAMES, TEXTS
from support.messages import alert, digest
from support.senders import slack_to
from support.slack_limits import problems


def series(count=7, title="Backlog", unit="tickets"):
    return Series(title, tuple((f"2026-11-{n + 1:02d}", float(n)) for n in range(count)), unit)


def kinds(payload):
    return [block["type"] for block in payload["blocks"]]


def test_a_series_is_drawn_and_told(slack, notifier):
    notifier.send(digest(parts=(series(),)))
    (post,) = slack.posts
    (chart,) = [b for b in post.payload["blocks"] if b["type"] == "data_visualization"]
    assert chart["title"] == "Backlog"
    assert chart["chart"]["axis_config"]["categories"][0] == "2026-11-01"
    assert chart["chart"]["series"][0]["data"][6] == {"label": "2026-11-07", "value": 6.0}
    assert "▁▂▃▅▆▇█" in json.dumps(post.payload["blocks"], ensure_ascii=False)
    assert slack.violations == []


def test_two_charts_at_most(slack, notifier):
    notifier.send(digest(parts=(series(title="a"), series(title="b"), series(title="c"))))
    assert kinds(slack.posts[0].payload).count("data_visualization") == 2
    assert slack.violations == []


def test_no_charts_where_they_are_not_wanted(slack):
    slack_to(slack, charts=False).send(digest(parts=(series(),)))
    assert "data_visualization" not in kinds(slack.posts[0].payload)


def test_a_slack_that_knows_no_charts_is_asked_once(slack, notifier):
    slack.faults.append(error("invalid_blocks"))
    notifier.send(digest(parts=(series(),)))
    assert slack.requests == 2
    assert "data_visualization" not in kinds(slack.posts[0].payload)
    assert "header" in kinds(slack.posts[0].payload)
    notifier.send(digest(parts=(series(),), id="next"))
    assert slack.requests == 3


@pytest.mark.parametrize(
    "points",
    [
        (),
        (("a", 1.0),),
        (("a", 1.0), ("b", None)),
        (("a", 1.0), ("b", math.nan)),
        (("a", 1.0), ("b", math.inf)),
        (("a", 1.0), ("b", 1e300)),
        (("a", 1.0), ("a", 2.0)),
        (("a", 1.0), ("", 2.0)),
        (("a" * 25 + "1", 1.0), ("a" * 25 + "2", 2.0)),
    ],
)
def test_what_a_chart_cannot_say(points):
    assert chart_of(Series("x", points)) is None


def test_the_last_twenty_points():
    chart = chart_of(series(30))
    assert [p["value"] for p in chart["chart"]["series"][0]["data"]] == [*range(10, 30)]


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_hostile_labels_are_only_text(text):
    chart = chart_of(Series(text, ((f"1{text}", 1.0), (f"2{text}", 2.0)), text))
    if chart is not None:
        assert problems({"text": "t", "blocks": [chart]}) == []


def test_a_new_alert_mentions_and_nothing_else_does(slack):
    notifier = slack_to(slack, mention=["U024BE7LH", "S0614TZR7"])
    first = notifier.send(alert("firing"))
    notifier.send(alert("resolved"), first)
    notifier.send(digest())
    fired, *others = slack.calls
    assert {"type": "mrkdwn", "text": "<@U024BE7LH> <!subteam^S0614TZR7>", "verbatim": True} in [
        block.get("text") for block in fired.payload["blocks"]
    ]
    assert len(others) == 3
    assert not [call for call in others if "<@" in json.dumps(call.payload["blocks"])]


@pytest.mark.parametrize(
    ("fault", "ambiguous"),
    [
        (fake_slack.HTML, True),
        (fake_slack.TRUNCATED, True),
        (fake_slack.UNAVAILABLE, False),
        (fake_slack.SERVER_ERROR, True),
        (fake_slack.ACCEPT_THEN_RESET, True),
        (fake_slack.ACCEPT_THEN_SILENCE, True),
        (fake_slack.too_many("1"), False),
        (error("fatal_error"), True),
        (error("internal_error"), True),
        (error("service_unavailable"), False),
        (error("ratelimited"), False),
    ],
)
def test_whether_it_may_have_arrived(slack, fault, ambiguous):
    slack.faults.append(fault)
    with pytest.raises(DeliveryDeferred) as caught:
        slack_to(slack, timeout_s=0.3).send(alert())
    assert caught.value.ambiguous is ambiguous
    assert ("may have arrived" in caught.value.message) is ambiguous

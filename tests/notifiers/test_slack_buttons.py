from __future__ import annotations

import json
import logging
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from deskpulse.errors import ConfigError, DeliveryDeferred, DeliveryRejected
from deskpulse.message import Action
from deskpulse.notifier import Pressed
from deskpulse_notifiers.slack.buttons import buttons_of, presses_of
from support.fake_slack import error, too_many
from support.fake_socket import FakeSocket
from support.messages import alert
from support.senders import slack_to
from support.slack_limits import problems

APP = {"app_token": "xapp-fake-token"}
ACTIONS = (
    Action("Acknowledge", "acknowledge", "alert-1"),
    Action("Snooze 1 h", "snooze", "alert-1|1h"),
    Action("Snooze until tomorrow", "snooze", "alert-1|tomorrow"),
)


def payload(number=0, name="acknowledge", value="alert-1", **changes):
    """What Slack sends; the shape is that of its documentation."""
    return {
        "type": "block_actions",
        "user": {"id": "U024BE7LH", "username": "maria", "name": "maria", "team_id": "T1"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C024BE91L"},
        "channel": {"id": "C024BE91L", "name": "support"},
        "message": {"ts": "1.1", "text": "..."},
        "actions": [
            {
                "type": "button",
                "block_id": "deskpulse",
                "action_id": f"{number}:{name}",
                "value": value,
                "action_ts": "1795340000.840180",
            }
        ],
    } | changes


@pytest.fixture
def socket(slack):
    with FakeSocket() as server:
        slack.socket_url = server.url
        yield server


@contextmanager
def listening(notifier, pressing):
    """Listens in a thread of its own; yields what it ended with, which is filled at the end."""
    stop, ended = threading.Event(), []

    def run():
        try:
            notifier.listen(pressing, stop)
        except Exception as problem:
            ended.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ended
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def until(condition):
    waiting = threading.Event()
    for _ in range(500):
        if condition():
            return
        waiting.wait(0.02)
    raise AssertionError("it did not happen within 10 s")


# --- what is shown --------------------------------------------------------------------------


def test_buttons_stand_under_the_alert_if_somebody_listens(slack):
    message = alert(actions=ACTIONS)
    slack_to(slack, **APP).send(message)
    (block,) = [b for b in slack.posts[0].payload["blocks"] if b["type"] == "actions"]
    assert [e["text"]["text"] for e in block["elements"]] == [a.label for a in ACTIONS]
    assert [e["value"] for e in block["elements"]] == [a.value for a in ACTIONS]
    slack.calls.clear()
    slack_to(slack).send(message)
    assert not [b for b in slack.posts[0].payload["blocks"] if b["type"] == "actions"]
    assert slack.violations == []


def test_buttons_keep_within_the_limits():
    many = tuple(Action("<&>" * 60, "name" * 10, "v" * 2_000) for _ in range(40))
    odd = (
        Action("", "a", "b"),
        Action("x", "", "b"),
        Action("x", "a", ""),
        Action("x", "a", "v" * 2_001),
        Action("x", "n" * 300, "v"),
    )
    (block,) = buttons_of(many + odd)
    assert len(block["elements"]) == 25
    assert problems({"text": "t", "blocks": [block]}) == []
    assert buttons_of(odd) == []


def test_a_resolution_without_actions_takes_the_buttons_away(slack):
    notifier = slack_to(slack, **APP)
    first = notifier.send(alert(actions=ACTIONS))
    notifier.send(alert("resolved"), first)
    assert "actions" not in json.dumps(slack.updates[0].payload["blocks"])


# --- what is heard --------------------------------------------------------------------------


def test_a_press_is_acknowledged_done_and_told(slack, socket):
    presses = []

    def pressing(pressed):
        presses.append(pressed)
        return "Acknowledged. <@U1> & you"

    with listening(slack_to(slack, **APP), pressing):
        socket.connected.get(timeout=10)
        socket.press("envelope-1", payload())
        assert socket.heard.get(timeout=3) == {"envelope_id": "envelope-1"}
        until(lambda: slack.told)
    at = datetime(2026, 11, 22, 9, 33, 20, 840180, tzinfo=UTC)
    assert presses == [Pressed("acknowledge", "alert-1", "maria (U024BE7LH)", at)]
    (told,) = slack.told
    assert told["channel"] == "C024BE91L"
    assert told["user"] == "U024BE7LH"
    assert told["text"] == "Acknowledged. &lt;@U1&gt; &amp; you"


def test_a_slow_answer_does_not_delay_the_acknowledgement(slack, socket):
    go_on = threading.Event()

    def slow(pressed):
        go_on.wait(10)
        return "done"

    with listening(slack_to(slack, **APP), slow):
        socket.connected.get(timeout=10)
        for number in range(3):
            socket.press(
                f"e{number}", payload(value=f"alert-{number}", message={"ts": str(number)})
            )
        acknowledged = {socket.heard.get(timeout=3)["envelope_id"] for _ in range(3)}
        assert acknowledged == {"e0", "e1", "e2"}
        assert slack.told == []
        go_on.set()
        until(lambda: len(slack.told) == 3)


def test_a_press_that_comes_again_is_done_once(slack, socket):
    presses = []
    with listening(slack_to(slack, **APP), lambda pressed: presses.append(pressed) or "done"):
        socket.connected.get(timeout=10)
        socket.press("e1", payload())
        socket.press("e2", payload())
        socket.press("e3", payload(1, "snooze", "alert-1|1h"))
        for _ in range(3):
            socket.heard.get(timeout=3)
        until(lambda: len(slack.told) == 2)
    assert [press.name for press in presses] == ["acknowledge", "snooze"]


def test_only_who_may_press(slack, socket):
    presses = []
    notifier = slack_to(slack, **APP, pressers=["U0SOMEONE"])
    with listening(notifier, lambda pressed: presses.append(pressed) or "done"):
        socket.connected.get(timeout=10)
        socket.press("e1", payload())
        until(lambda: slack.told)
    assert presses == []
    assert "may not" in slack.told[0]["text"]


def test_a_fault_in_one_press_does_not_deafen_the_others(slack, socket, caplog):
    def pressing(pressed):
        if pressed.value == "alert-1":
            raise ValueError("quotes a secret: canary-1234")
        return "done"

    with listening(slack_to(slack, **APP), pressing):
        socket.connected.get(timeout=10)
        socket.press("e1", payload())
        socket.press("e2", payload(value="alert-2", message={"ts": "2.2", "thread_ts": "2.0"}))
        until(lambda: len(slack.told) == 2)
    assert [told["text"] for told in slack.told][1] == "done"
    assert "did not work" in slack.told[0]["text"]
    assert slack.told[1]["thread_ts"] == "2.0"
    assert "'acknowledge' failed: ValueError" in caplog.text
    assert "canary" not in caplog.text


def test_a_person_who_cannot_be_told_is_no_fault(slack, socket, caplog):
    slack.fault_for["chat.postEphemeral"] = __import__("collections").deque(
        [error("user_not_in_channel"), None]
    )
    with listening(slack_to(slack, **APP), lambda pressed: "done") as ended:
        socket.connected.get(timeout=10)
        socket.press("e1", payload())
        socket.press("e2", payload(message={"ts": "2.2"}))
        until(lambda: slack.told)
    assert ended == []
    assert "not told" in caplog.text


def test_nothing_secret_is_logged(slack, socket, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    slack.app_token = canary = "xapp-canary-5b5b"
    notifier = slack_to(slack, app_token=canary)
    with listening(notifier, lambda pressed: "done"):
        socket.connected.get(timeout=10)
        socket.press("e1", payload(value="value-canary-1"))
        until(lambda: slack.told)
        socket.cut()
        socket.connected.get(timeout=10)
    output = caplog.text + "".join(capsys.readouterr()) + repr(notifier) + repr(notifier.config)
    for secret in (canary, "socket-canary", "value-canary"):
        assert secret not in output


def test_slack_moves_the_connection(slack, socket):
    with listening(slack_to(slack, **APP), lambda pressed: "done") as ended:
        socket.connected.get(timeout=10)
        socket.say({"type": "hello", "num_connections": 1})
        socket.say({"type": "disconnect", "reason": "refresh_requested"})
        assert socket.connected.get(timeout=10) == 2
        until(lambda: len(slack.calls) >= 0 and slack.opened == 2)
        socket.press("e1", payload())
        until(lambda: slack.told)
    assert ended == []


def test_a_lost_connection_is_made_anew(slack, socket):
    with listening(slack_to(slack, **APP), lambda pressed: "done") as ended:
        socket.connected.get(timeout=10)
        socket.cut()
        assert socket.connected.get(timeout=10) == 2
        socket.press("e1", payload())
        until(lambda: slack.told)
    assert ended == []


# --- when it cannot listen ------------------------------------------------------------------


def stopped():
    stop = threading.Event()
    stop.set()
    return stop


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (error("invalid_auth"), DeliveryRejected),
        (error("missing_scope"), DeliveryRejected),
        (too_many("30"), DeliveryDeferred),
    ],
)
def test_a_refused_connection_is_raised_and_not_waited_for(slack, socket, fault, raised):
    slack.faults.append(fault)
    with pytest.raises(raised) as caught:
        slack_to(slack, **APP).listen(str, stopped())
    assert slack.requests == 1
    if raised is DeliveryDeferred:
        assert caught.value.retry_after == 30


@pytest.mark.parametrize("address", ["ws://example.com/x", "wss://example.com:444/x", "", "x"])
def test_an_address_in_the_clear_is_refused(slack, address):
    slack.socket_url = address
    with pytest.raises(DeliveryRejected, match="encrypted"):
        slack_to(slack, **APP).listen(str, stopped())


def test_nobody_there_is_deferred(slack):
    with FakeSocket() as gone:
        slack.socket_url = gone.url
    with pytest.raises(DeliveryDeferred, match="Socket Mode"):
        slack_to(slack, **APP).listen(str, stopped())


def test_without_an_app_token_there_is_nothing_to_hear(slack, notifier):
    assert not notifier.listens
    with pytest.raises(ConfigError, match="app_token"):
        notifier.listen(str, stopped())


def test_check_tries_the_app_token(slack, socket):
    assert "with buttons" in slack_to(slack, **APP).check()
    with pytest.raises(DeliveryRejected, match=r"apps\.connections\.open") as caught:
        slack_to(slack, app_token="xapp-wrong-token").check()
    assert "connections:write" in caught.value.hint


NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "strange",
    [
        None,
        [],
        {"type": "view_submission"},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": [None, 7, {}]},
        payload(user=None),
        payload(actions=[{"block_id": "other", "action_id": "0:x"}]),
        payload(actions=[{"block_id": "deskpulse", "action_id": "no number"}]),
    ],
)
def test_what_is_not_ours_is_no_press(strange):
    assert presses_of(strange, NOW) == []


def test_a_press_without_a_time_happened_now():
    action = payload()["actions"][0] | {"action_ts": "soon"}
    (press,) = presses_of(payload(actions=[action], user={"id": "U1\n"}), NOW)
    assert press.pressed.pressed_at == NOW

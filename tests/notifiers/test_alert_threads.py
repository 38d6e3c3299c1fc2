"""The messages of one alert have keys of their own and one thread; sinks go by the thread."""

from dataclasses import replace

from deskpulse.message import Message
from deskpulse_notifiers.email.headers import headers_of
from deskpulse_notifiers.pagerduty.event import event_of
from deskpulse_notifiers.slack.blocks import blocks_of
from support.senders import NOW

FIRED = Message("alert/x/1", "firing", "Late", "Late", thread="sla/t1/7/all", id="1")
OVER = replace(FIRED, key="alert/x/2", kind="resolved", id="2")
ACKED = replace(FIRED, key="alert/x/3", kind="update", acknowledged=True, id="3")


def test_pagerduty_makes_one_incident_of_them():
    events = [event_of(message, "k" * 32, "deskpulse") for message in (FIRED, ACKED, OVER)]
    assert [event["event_action"] for event in events] == ["trigger", "acknowledge", "resolve"]
    assert {event["dedup_key"] for event in events} == {"sla/t1/7/all"}


def test_mails_refer_to_one_root():
    from deskpulse_notifiers.email import Email

    config = Email.Config(
        host="h", sender="d@example.com", recipients=["a@example.com"], security="starttls"
    )
    roots = {dict(headers_of(m, config, NOW))["References"] for m in (FIRED, OVER)}
    assert len(roots) == 1
    ids = {dict(headers_of(m, config, NOW))["Message-ID"] for m in (FIRED, OVER)}
    assert len(ids) == 2


def test_slack_calls_the_people_of_the_route_and_nobody_else():
    called = replace(FIRED, mentions=("U024BE7LH", "S0614TZR7", "ann@example.com", "<!channel>"))
    text = str(blocks_of(called))
    assert "<@U024BE7LH> <!subteam^S0614TZR7>" in text
    assert "ann@" not in text
    assert "<!channel>" not in text
    assert "U024BE7LH" not in str(blocks_of(replace(called, kind="resolved")))

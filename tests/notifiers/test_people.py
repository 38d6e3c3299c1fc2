"""The people of a route: each sink calls those that it knows, and no others."""

from dataclasses import replace

import orjson
import pytest

from deskpulse_notifiers.console import Console
from deskpulse_notifiers.email import Email
from deskpulse_notifiers.pagerduty import PagerDuty
from deskpulse_notifiers.slack import Slack
from deskpulse_notifiers.teams import Teams
from deskpulse_notifiers.teams.card import body_of as card_of
from deskpulse_notifiers.webhook import Webhook
from deskpulse_notifiers.webhook.payload import body_of as payload_of
from support.messages import alert
from support.senders import ONE, TWO, email_to

ANN, BOB = "ann@example.com", "Bob <bob@example.com>"
CALLED = replace(alert("firing"), mentions=(ANN, "U024BE7LH", BOB, "Sam"))


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        (Slack, {"U024BE7LH", "S0614TZR7"}),
        (Email, {ANN, BOB}),
        (Teams, {ANN}),
        (Webhook, {ANN, BOB, "U024BE7LH", "S0614TZR7", "Sam", "a b@x", "<!channel>"}),
        (PagerDuty, set()),
        (Console, set()),
    ],
)
def test_who_can_be_called(kind, known):
    sink = object.__new__(kind)  # whom it knows does not depend on its settings
    asked = (ANN, BOB, "U024BE7LH", "S0614TZR7", "Sam", "a b@x", "<!channel>", "")
    assert {person for person in asked if sink.knows(person)} == known
    assert bool(kind.person) == bool(known)


def test_mail_goes_to_them_too_and_so_does_all_that_follows(server):
    email = email_to(server, recipients=[ONE])
    first = email.send(CALLED)
    second = email.send(alert("update"), first)
    email.send(alert("resolved"), second)
    assert [got.recipients for got in server.received] == [[ONE, ANN, "bob@example.com"]] * 3
    assert server.received[0].mail["To"].addresses[1].addr_spec == ANN


def test_who_is_a_recipient_anyhow_gets_one_mail(server):
    called = replace(CALLED, mentions=(ONE.upper(), TWO))
    email_to(server, recipients=[ONE, TWO]).send(called)
    assert server.received[0].recipients == [ONE, TWO]


def test_a_mail_that_calls_nobody_goes_to_the_recipients(server):
    email_to(server, recipients=[ONE]).send(replace(CALLED, mentions=("U024BE7LH", "Sam")))
    assert server.received[0].recipients == [ONE]


def test_no_address_can_start_a_header(server):
    evil = ("x@example.com\r\nBcc: y@example.com", "x@example.com, y@example.com")
    email_to(server, recipients=[ONE]).send(replace(CALLED, mentions=evil))
    assert server.received[0].recipients == [ONE]
    assert server.received[0].mail["Bcc"] is None


def test_a_card_mentions_them_as_teams_wants_it():
    card = orjson.loads(card_of(CALLED))["attachments"][0]["content"]
    (entity,) = card["msteams"]["entities"]
    assert entity == {
        "type": "mention", "text": f"<at>{ANN}</at>", "mentioned": {"id": ANN, "name": ANN}
    }  # fmt: skip
    assert {"type": "TextBlock", "text": f"<at>{ANN}</at>", "wrap": True} in card["body"]
    calm = orjson.loads(card_of(replace(CALLED, kind="resolved")))["attachments"][0]["content"]
    assert "entities" not in calm["msteams"]


def test_a_program_is_told_of_all_of_them():
    assert orjson.loads(payload_of(CALLED))["people"] == [ANN, "U024BE7LH", BOB, "Sam"]

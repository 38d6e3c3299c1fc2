"""What webhook, Teams and PagerDuty have in common: one POST, and what its answer means."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import ssl
from datetime import timedelta
from email.utils import format_datetime

import pytest
import trustme
from pydantic import ValidationError

from deskpulse.clock import AsOf
from deskpulse.delivery import Poster, patience
from deskpulse.errors import DeliveryDeferred, DeliveryRejected
from deskpulse.http.redact import secrets_in
from deskpulse_notifiers.pagerduty import PagerDuty
from deskpulse_notifiers.pagerduty.event import dedup_key, event_of
from deskpulse_notifiers.teams import Teams
from deskpulse_notifiers.teams.card import LARGEST, body_of
from deskpulse_notifiers.webhook import Webhook
from deskpulse_notifiers.webhook.payload import LARGEST as LARGEST_BODY
from deskpulse_notifiers.webhook.payload import body_of as json_of
from support.hostile import NAMES, TEXTS
from support.messages import MessageMaker, alert, digest, filled_with, long_digest
from support.senders import NOW
from support.server import Reply, ScriptedServer, html, json_, reset, status, truncated

SECRET = "shared-secret-4711"
KEY = "0123456789abcdef0123456789abcdef"
SUCCESS = {"status": "success", "message": "Event processed", "dedup_key": "x"}


@pytest.fixture
def sink():
    with ScriptedServer() as server:
        yield server


def webhook(sink, **changes):
    settings = {"url": f"{sink.url}/hook?sig=canary-1", "secret": SECRET, "timeout_s": 2}
    return Webhook(Webhook.Config(**(settings | changes)), AsOf(NOW))


def teams(sink, **changes):
    return Teams(Teams.Config(**({"url": f"{sink.url}/wf?sig=canary-1", "timeout_s": 2} | changes)))


def pagerduty(sink, **changes):
    settings = {"routing_key": KEY, "url": sink.url, "timeout_s": 2}
    return PagerDuty(PagerDuty.Config(**(settings | changes)))


EVERY = pytest.mark.parametrize("make", [webhook, teams, pagerduty])


# --- every answer ---------------------------------------------------------------------------


@EVERY
@pytest.mark.parametrize(
    ("code", "error", "ambiguous"),
    [
        (301, DeliveryRejected, None),
        (302, DeliveryRejected, None),
        (308, DeliveryRejected, None),
        (400, DeliveryRejected, None),
        (401, DeliveryRejected, None),
        (403, DeliveryRejected, None),
        (404, DeliveryRejected, None),
        (408, DeliveryDeferred, False),
        (410, DeliveryRejected, None),
        (413, DeliveryRejected, None),
        (418, DeliveryRejected, None),
        (425, DeliveryDeferred, False),
        (429, DeliveryDeferred, False),
        (500, DeliveryDeferred, True),
        (502, DeliveryDeferred, True),
        (503, DeliveryDeferred, False),
        (504, DeliveryDeferred, True),
        (599, DeliveryDeferred, True),
        (600, DeliveryRejected, None),
    ],
)
def test_every_status(sink, make, code, error, ambiguous):
    secrets = list(secrets_in(make(sink).config))
    sink.queue(json_({"error": f"no, not with {secrets}"}, code))
    with pytest.raises(error) as caught:
        make(sink).send(alert())
    assert len(sink.requests) == 1
    assert getattr(caught.value, "ambiguous", None) is ambiguous
    assert secrets
    assert not [secret for secret in secrets if secret in caught.value.message]


@EVERY
def test_a_redirect_is_not_followed(sink, make):
    with ScriptedServer() as elsewhere:
        elsewhere.queue(status(200))
        sink.queue(status(307, location=f"{elsewhere.url}/x"))
        with pytest.raises(DeliveryRejected, match="redirect"):
            make(sink).send(alert())
        assert elsewhere.requests == []


@EVERY
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("30", 30),
        ("3600", 3600),
        ("abc", None),
        ("-1", None),
        ("", None),
        ("9" * 9, None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), None),
        (None, None),
    ],
)
def test_every_kind_of_retry_after(sink, make, header, seconds):
    headers = {"Date": format_datetime(NOW, usegmt=True)}
    sink.queue(Reply(429, b"", headers | ({} if header is None else {"Retry-After": header})))
    with pytest.raises(DeliveryDeferred) as caught:
        make(sink).send(alert())
    assert caught.value.retry_after == seconds
    assert len(sink.requests) == 1


def test_a_date_without_a_clock_of_the_sink_says_nothing():
    assert patience({"Retry-After": format_datetime(NOW, usegmt=True)}) is None
    assert patience({"RETRY-AFTER": "5"}) == 5


@EVERY
def test_a_cut_connection_may_have_delivered(sink, make):
    sink.queue(reset())
    with pytest.raises(DeliveryDeferred, match="may have arrived") as caught:
        make(sink).send(alert())
    assert caught.value.ambiguous
    assert len(sink.requests) == 1


@EVERY
def test_silence_may_have_delivered(sink, make):
    sink.queue(Reply(delay_s=1.0))
    with pytest.raises(DeliveryDeferred, match="ReadTimeout") as caught:
        make(sink, timeout_s=0.2).send(alert())
    assert caught.value.ambiguous


@EVERY
def test_nobody_there_has_not(make):
    with ScriptedServer() as gone:
        notifier = make(gone)
    with pytest.raises(DeliveryDeferred, match="cannot be reached") as caught:
        notifier.send(alert())
    assert not caught.value.ambiguous


@pytest.mark.parametrize(
    ("make", "answer", "taken"),
    [
        (webhook, html(), True),
        (webhook, status(204), True),
        (webhook, truncated(SUCCESS), True),
        (webhook, Reply(200, b"x" * 200_000), True),
        (teams, html(), False),
        (teams, status(202), True),
        (teams, Reply(200, b"1", {"Content-Type": "text/plain"}), True),
        (pagerduty, html(202), False),
        (pagerduty, truncated(SUCCESS), False),
        (pagerduty, json_({"status": "accepted?"}, 202), False),
        (pagerduty, json_([], 202), False),
        (pagerduty, json_(SUCCESS, 202), True),
    ],
)
def test_what_counts_as_taken(sink, make, answer, taken):
    sink.queue(answer)
    if taken:
        make(sink).send(alert())
    else:
        with pytest.raises(DeliveryDeferred) as caught:
            make(sink).send(alert())
        assert caught.value.ambiguous
    assert len(sink.requests) == 1


def test_teams_may_say_with_status_200_that_it_failed(sink):
    """Microsoft documents it for incoming webhooks: the text alone tells."""
    said = b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP 429"
    sink.queue(Reply(200, said, {"Content-Type": "text/plain"}))
    with pytest.raises(DeliveryDeferred, match="delivery failed") as caught:
        teams(sink).send(alert())
    assert not caught.value.ambiguous


def test_an_answer_that_drips_is_not_waited_for(sink):
    sink.queue(Reply(200, b"x" * 100, drip_s=0.05))
    Poster("the sink", timeout_s=0.3).post(sink.url, b"{}", {})
    assert len(sink.requests) == 1


@pytest.mark.parametrize(("bypassed", "seen"), [("", 1), ("127.0.0.1", 0)])
def test_the_environments_proxy_is_used_and_no_proxy_honoured(sink, monkeypatch, bypassed, seen):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, sink.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, bypassed)
    sink.queue(status(204))
    with ScriptedServer() as receiver:
        receiver.queue(status(204))
        Poster("the sink").post(f"{receiver.url}/hook", b"{}", {})
        assert (len(sink.requests), len(receiver.requests)) == (seen, 1 - seen)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "gopher://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_says_so(sink, monkeypatch, proxy):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy)
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(DeliveryRejected, match="no request can be made") as caught:
        Poster("the sink").post(f"{sink.url}/canary", b"{}", {})
    assert "HTTPS_PROXY" in caught.value.hint
    assert "canary" not in caught.value.message


def test_an_unknown_certificate_is_rejected(tmp_path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with ScriptedServer(context) as server:
        with pytest.raises(DeliveryRejected, match="cannot be verified") as caught:
            teams(server).send(alert())
        assert "SSL_CERT_FILE" in caught.value.hint
        assert server.requests == []


@EVERY
def test_nothing_is_logged(sink, make, caplog):
    caplog.set_level(logging.DEBUG)
    sink.queue(json_(SUCCESS, 202))
    make(sink).send(alert())
    assert "canary" not in caplog.text
    assert KEY not in caplog.text
    assert "4711" not in caplog.text


@EVERY
@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.com/canary",
        "ftp://hooks.example.com/canary",
        "hooks.example.com/canary",
        "https://me:canary@hooks.example.com/",
        "https://hooks.example.com/canary x",
        "https://hooks.example.com/#canary",
        "https://[canary",
        "https://hooks.example.com:99999/canary",
        "",
    ],
)
def test_an_address_that_cannot_be(sink, make, address):
    with pytest.raises(ValidationError) as caught:
        make(sink, url=address)
    assert "canary" not in str(caught.value)


# --- webhook --------------------------------------------------------------------------------


def test_the_signature_can_be_verified_and_a_change_shows(sink):
    sink.queue(status(204))
    webhook(sink).send(digest())
    (request,) = sink.requests
    seconds = request.headers["deskpulse-timestamp"]
    assert int(seconds) == int(NOW.timestamp())

    def mac(body):
        text = seconds.encode() + b"." + body
        return "v1=" + hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()

    assert request.headers["deskpulse-signature"] == mac(request.body)
    assert request.headers["deskpulse-signature"] != mac(request.body + b" ")
    assert request.headers["idempotency-key"] == "outbox-17"
    assert request.headers["content-type"] == "application/json"


def test_the_body_says_everything():
    body = json.loads(json_of(digest()))
    assert body["version"] == 1
    assert body["kind"] == "digest"
    assert body["severity"] == "warning"
    assert body["complete_to"] == "2026-11-22T06:58:00+00:00"
    assert [part["type"] for part in body["parts"]] == [
        *("figures", "table", "series", "tickets", "paragraph"),
    ]
    assert body["parts"][2]["points"][1] == ["2026-11-21", None]
    assert body["parts"][3]["items"][1]["subject"] == "R&D <refund>"
    assert body["text"].startswith("Support on Saturday")


def test_a_message_without_an_id_has_no_key(sink):
    sink.queue(status(204))
    webhook(sink).send(alert(id=""))
    assert "idempotency-key" not in sink.requests[0].headers


def test_a_short_secret_is_refused(sink):
    with pytest.raises(ValidationError):
        webhook(sink, secret="too-short")


# --- PagerDuty ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "action"),
    [
        (alert("firing"), "trigger"),
        (alert("update"), "trigger"),
        (alert("update", acknowledged=True), "acknowledge"),
        (alert("resolved"), "resolve"),
        (alert("resolved", acknowledged=True), "resolve"),
    ],
)
def test_an_alert_is_one_incident(sink, message, action):
    sink.queue(json_(SUCCESS, 202))
    receipt = pagerduty(sink).send(message)
    (request,) = sink.requests
    assert request.path == "/v2/enqueue"
    event = request.json()
    assert event["event_action"] == action
    assert event["dedup_key"] == receipt.address["dedup_key"] == "sla:zendesk/4711"
    assert event["routing_key"] == KEY


@pytest.mark.parametrize("severity", ["info", "warning", "critical"])
def test_severities_are_pagerdutys_words(severity):
    assert event_of(alert(severity=severity), KEY, "x")["payload"]["severity"] == severity


@pytest.mark.parametrize("kind", ["digest", "note"])
def test_a_digest_pages_nobody(sink, kind):
    sink.queue(json_(SUCCESS, 202))
    pagerduty(sink).send(alert(kind))
    (request,) = sink.requests
    assert request.path == "/v2/change/enqueue"
    assert "event_action" not in request.json()


def test_keys_are_short_and_differ():
    long = ["k" * 255, "k" * 256, "k" * 300, "k" * 299 + "x", "a\nb", "a b", "", "\ud800"]
    keys = [dedup_key(key) for key in long]
    assert len(set(keys)) == len(keys)
    assert all(0 < len(key) <= 255 for key in keys)


@pytest.mark.parametrize("key", ["short", "canary" * 20, "canary canary canary canary"])
def test_a_routing_key_that_cannot_be(sink, key):
    with pytest.raises(ValidationError) as caught:
        pagerduty(sink, routing_key=key)
    assert "canary" not in str(caught.value)


# --- within the limits, whatever stands in the message --------------------------------------


def card_problems(body: bytes) -> list[str]:
    """What Teams would not take, or would read as more than text."""
    found = [] if len(body) <= 28_000 else [f"{len(body)} bytes"]
    card = json.loads(body)["attachments"][0]["content"]
    if (card["type"], card["version"]) != ("AdaptiveCard", "1.4"):
        found.append("no card")

    def walk(value):
        if isinstance(value, list):
            for each in value:
                walk(each)
        elif isinstance(value, dict):
            kind = value.get("type")
            if kind in {"TextBlock", "FactSet", "Input.Text", "Media", "Image"}:
                found.append(f"a {kind} reads Markdown or loads something")
            if kind == "TextRun" and not value["text"]:
                found.append("an empty run")
            if "text" in value and ("{{" in value["text"] or "\n" in value["text"].strip("\n")):
                found.append(f"a function or a break in {value['text'][:50]!r}")
            if "url" in value and not value["url"].startswith("https://acme.example/"):
                found.append(f"a link to {value['url']}")
            for each in value.values():
                walk(each)

    walk(card)
    return found


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_hostile_text_is_only_text_on_a_card(text):
    assert card_problems(body_of(filled_with(text))) == []


@pytest.mark.parametrize("seed", range(2))
def test_generated_messages_fit(seed):
    maker = MessageMaker(seed)
    for _ in range(100):
        message = maker.message()
        body = body_of(message)
        assert len(body) <= LARGEST
        assert card_problems(body) == []
        assert len(json_of(message)) <= LARGEST_BODY
        event = event_of(message, KEY, "deskpulse")
        assert 0 < len(event["payload"]["summary"]) <= 1_024
        assert len(json.dumps(event)) < 512_000
        assert 0 < len(event.get("dedup_key", "x")) <= 255


def test_a_long_message_says_what_it_leaves_out():
    body = json.loads(body_of(long_digest(tickets=4_000)))
    assert "are left out here" in json.dumps(body)
    whole = json_of(long_digest(tickets=8_000))
    assert len(whole) <= LARGEST_BODY
    assert json.loads(whole)["left_out"] == 200


@EVERY
def test_check_sends_nothing(sink, make):
    sink.queue(status(405))
    assert "127.0.0.1 answers" in make(sink).check()
    assert all(request.method == "HEAD" for request in sink.requests)

"""Every built-in notifier keeps the contract that a stranger's has to keep."""

from __future__ import annotations

import json

from deskpulse.testing import HttpSink, NotifierContract
from deskpulse_notifiers.console import Console
from deskpulse_notifiers.email import Email
from deskpulse_notifiers.pagerduty import PagerDuty
from deskpulse_notifiers.slack import Slack
from deskpulse_notifiers.teams import Teams
from deskpulse_notifiers.webhook import Webhook
from support.sinks import ConsoleSink, MailSink, SlackSink


class TestConsole(NotifierContract):
    notifier = Console
    settings = {"colour": "never"}
    sink = ConsoleSink()


class TestSlack(NotifierContract):
    notifier = Slack
    settings = {
        "token": "xoxb-contract-4711",
        "channel": "C024BE91L",
        "base_url": "{sink}",
        "timeout_s": 5,
    }
    sink = SlackSink()


class TestSlackWebhook(NotifierContract):
    notifier = Slack
    settings = {"webhook_url": "{sink}/services/T0/B0/contract-4711", "timeout_s": 5}
    sink = HttpSink(answer="ok", refusal=404, reads="mrkdwn")


class TestEmail(NotifierContract):
    notifier = Email
    settings = {
        "sender": "Deskpulse <kpi@example.com>",
        "recipients": ["a@example.com"],
        "charts": False,  # drawing takes a second; test_email_pictures does it
    }
    sink = MailSink()


class TestWebhook(NotifierContract):
    notifier = Webhook
    settings = {
        "url": "{sink}/hooks/contract-4711",
        "secret": "contract-secret-0815",
        "timeout_s": 5,
    }
    sink = HttpSink(status=204, key="idempotency-key")


class TestTeams(NotifierContract):
    notifier = Teams
    settings = {"url": "{sink}/workflows/1?sig=contract-4711", "timeout_s": 5}
    sink = HttpSink(status=202, answer="", refusal=404)


class TestPagerDuty(NotifierContract):
    notifier = PagerDuty
    settings = {"routing_key": "contract0key0of032characters4711", "url": "{sink}", "timeout_s": 5}
    sink = HttpSink(
        status=202,
        answer='{"status": "success", "message": "Event processed", "dedup_key": "x"}',
        refusal=400,
        key=lambda _headers, body: json.loads(body).get("dedup_key", ""),
    )

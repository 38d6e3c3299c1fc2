from __future__ import annotations

import pytest

from support.fake_slack import FakeSlack
from support.senders import slack_to
from support.smtp import MailServer


@pytest.fixture
def slack():
    with FakeSlack() as server:
        yield server


@pytest.fixture
def notifier(slack):
    return slack_to(slack)


@pytest.fixture
def server(tmp_path):
    with MailServer(tmp_path) as running:
        yield running

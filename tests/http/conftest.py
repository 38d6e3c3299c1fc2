import random

import pytest

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from support.clock import FakeClock
from support.server import ScriptedServer


@pytest.fixture
def server():
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def make(server, clock):
    """Builds clients of the scripted server on the fake clock; closes them at the end."""
    made = []

    def build(**options):
        options = {
            "source": "support",
            "base_url": server.url,
            "clock": clock,
            "redactor": Redactor(),
            "random": random.Random(7),
        } | options
        client = HttpClient(**options)
        made.append(client)
        return client

    yield build
    for client in made:
        client.close()


@pytest.fixture
def client(make):
    return make()

"""One Dovecot for all tests here; each test has a mailbox of its own."""

from dataclasses import replace
from itertools import count

import pytest

from deskpulse.store import Store
from support.dovecot import running

NUMBERS = count(1)


@pytest.fixture(scope="session")
def dovecot():
    with running() as server:
        yield server


@pytest.fixture
def mailbox(dovecot):
    return replace(dovecot, user=f"desk{next(NUMBERS)}@acme.example")


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path}/store.db", keep_bodies=True)
    yield opened
    opened.close()

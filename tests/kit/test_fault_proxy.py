"""The fault proxy before a real simulator: what a client meets, and that core weathers all of it."""

import httpx
import pytest

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.testing import FaultProxy, FrozenClock
from deskpulse.testing.faults import CUT, EMPTY, HTML, TRUNCATED, busy, error, slow
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from deskpulse_connectors.zendesk.connector import Zendesk
from support.docs import ROOT, blocks_of


@pytest.fixture(scope="module")
def simulator():
    with ZendeskSimulator(seed=5, tickets=12, weeks=1, budget=0, account_limit=0) as running:
        running.settle()
        yield running


def tickets(simulator, url):
    clock = FrozenClock(simulator.clock.instant())
    config = Zendesk.Config(url=url, access_token=simulator.token, export_per_minute=1000)
    with HttpClient.for_connector(
        Zendesk, config, source="desk", clock=clock, redactor=Redactor()
    ) as http:
        streams = Zendesk(config, http, clock, "desk").streams()
        pull = next(each.pull for each in streams if each.name == "tickets")
        return [raw["id"] for page in pull(None) for raw in page.records], clock


def test_without_faults_nothing_changes(simulator):
    direct, _ = tickets(simulator, simulator.url)
    with FaultProxy(simulator.url) as proxy:
        through, _ = tickets(simulator, proxy.url)
        assert any("/tickets/" in path for _, path in proxy.asked)
    assert through == direct != []


@pytest.mark.parametrize(
    "fault", [CUT, HTML, TRUNCATED, EMPTY, error(503), slow(0.05)], ids=lambda fault: fault.name
)
def test_core_weathers_each_fault(simulator, fault):
    direct, _ = tickets(simulator, simulator.url)
    with FaultProxy(simulator.url) as proxy:
        proxy.meet(fault, under="/api/v2/incremental/tickets")
        through, _ = tickets(simulator, proxy.url)
        assert proxy._faults == []
    assert through == direct


def test_a_wait_that_is_asked_for_is_waited(simulator):
    with FaultProxy(simulator.url) as proxy:
        proxy.meet(busy("7"))
        _, clock = tickets(simulator, proxy.url)
    assert sum(clock.slept) >= 7


def test_the_page_shows_what_a_client_sees(simulator):
    page = ROOT / "docs" / "testing.md"
    block = next(b for b in blocks_of(page) if "def read_through_faults" in b.text)
    names = {}
    exec(compile(block.text, str(page), "exec"), names)
    own = httpx.get(simulator.url, trust_env=False).status_code
    seen = names["read_through_faults"](simulator.url)
    assert seen[:2] == ["503", "429"]
    assert seen[2:5] == [str(own), "200", str(own)]
    assert seen[5].endswith("Error")
    assert seen[6] == str(own)

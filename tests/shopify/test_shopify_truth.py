"""Everything pulled from the simulated shop equals what the simulator knows to be true."""

import pytest

from deskpulse_connectors.shopify.connector import Shopify
from deskpulse_connectors.simulators.shopify import ShopifySimulator
from support.shopify import Copy, expected, source


@pytest.fixture(scope="module")
def simulated():
    with ShopifySimulator(seed=4, orders=160) as running:
        running.settle()
        yield running


def test_the_simulated_past_holds_every_kind(simulated):
    truth = simulated.truth()
    assert truth["refunds"]
    assert truth["returns"]
    assert any(order["cancelled_at"] for order in truth["orders"].values())
    assert len(truth["orders"]) < len(simulated.shop.orders), "some are test orders"
    assert min(map(int, truth["orders"])) > 2**53


@pytest.mark.parametrize("backfill", ["bulk", "pages"])
@pytest.mark.parametrize("client", [True, False])
def test_a_full_pull_holds_the_truth(simulated, backfill, client):
    with source(simulated, client=client, backfill=backfill) as shop:
        copy = Copy().pull(shop)
    assert copy.as_truth() == expected(simulated.truth())


def test_pages_of_any_size_bring_the_same(simulated):
    kept = []
    for size in (7, 250):
        with source(simulated, backfill="pages", page_size=size) as shop:
            kept.append(Copy().pull(shop).kept)
    assert kept[0] == kept[1]


@pytest.mark.parametrize("backfill", ["bulk", "pages"])
def test_incremental_holds_the_truth_as_a_full_pull_does(backfill):
    with ShopifySimulator(seed=3, orders=120, lag_s=45) as simulator:
        simulator.settle()
        copy = Copy()
        with source(simulator, backfill=backfill) as shop:
            copy.pull(shop)
        for _ in range(4):
            simulator.change(12, spread=600)
            simulator.tie(5)
            with source(simulator, backfill=backfill) as shop:
                copy.pull(shop)
        simulator.settle()
        with source(simulator, backfill=backfill) as shop:
            copy.pull(shop)
            full = Copy().pull(shop)
        assert copy.as_truth() == full.as_truth() == expected(simulator.truth())


def test_without_news_one_request_a_stream(simulated):
    with source(simulated) as shop:
        copy = Copy().pull(shop)
        before = shop.stats.requests
        copy.pull(shop)
        assert shop.stats.requests - before == 3


@pytest.mark.parametrize("backfill", ["bulk", "pages"])
def test_resumes_from_every_cursor(simulated, backfill, monkeypatch):
    monkeypatch.setattr(Shopify, "part_bytes", 9_000)
    settings = {"backfill": backfill, "page_size": 20}
    with source(simulated, **settings) as shop:
        full = Copy().pull(shop)
        for name, pages in full.pages.items():
            assert len(pages) >= 3
            stream = next(each for each in shop.streams() if each.name == name)
            for at in range(len(pages)):
                resumed = Copy()
                for page in pages[: at + 1]:
                    resumed.take(stream, page)
                resumed.pull(shop, name)
                for kind, records in resumed.kept.items():
                    assert set(records) <= set(full.of(kind))
                expected_kinds = {"orders": "order", "customers": "customer"}
                kind = expected_kinds.get(name, "measurement")
                wanted = full.of(kind)
                if name == "returns":
                    wanted = {k: v for k, v in wanted.items() if k.startswith("returns/")}
                assert wanted.items() <= resumed.of(kind).items()


def test_changes_while_it_is_read_are_not_lost():
    with ShopifySimulator(seed=8, orders=120) as simulator:
        simulator.settle()
        copy = Copy()
        with source(simulator, backfill="pages", page_size=15) as shop:
            for stream in shop.streams():
                for page in stream.pull(None):
                    copy.take(stream, page)
                    simulator.change(1, spread=30)
        simulator.settle()
        with source(simulator) as shop:
            copy.pull(shop)
        assert copy.as_truth() == expected(simulator.truth())


def test_faults_cost_time_but_nothing_else(simulated):
    with source(simulated) as shop:
        clean = Copy().pull(shop)
    path = "/admin/api/*"
    simulated.faults.add("throttle", path=path, retry_after="7", probability=0.2)
    simulated.faults.add("status", path=path, status=503, probability=0.1)
    simulated.faults.add("cut", path=path, where="body", probability=0.1)
    simulated.faults.add("html", path=path, probability=0.1)
    simulated.faults.add("expired", path=path, after=5, times=1)
    try:
        with source(simulated, client=True, page_size=20, attempts=20, backfill="pages") as shop:
            paged = Copy().pull(shop)
        with source(simulated, client=True, attempts=20) as shop:
            exported = Copy().pull(shop)
    finally:
        simulated.faults.clear()
    assert paged.kept == exported.kept == clean.kept

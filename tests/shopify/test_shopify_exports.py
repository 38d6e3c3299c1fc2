"""Bulk operations: every state, and a file on another host."""

import re

import pytest

from deskpulse.errors import (
    CursorExpired,
    RateLimited,
    RequestRefused,
    SourceChanged,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse_connectors.shopify.connector import Shopify
from deskpulse_connectors.simulators.shopify import ShopifySimulator
from support.shopify import Copy, expected, source


@pytest.fixture
def simulated():
    with ShopifySimulator(seed=6, orders=60) as running:
        running.settle()
        yield running


def truth_of(simulated, name):
    return expected(simulated.truth())[name]


def test_waits_while_the_export_is_prepared(simulated):
    simulated.api.bulk.polls = 8
    with source(simulated) as shop:
        copy = Copy().pull(shop, "orders")
        assert shop.stats.waited_s >= 8 * 5
    assert copy.as_truth()["orders"] == truth_of(simulated, "orders")


def test_an_export_that_takes_long_is_left_for_the_next_run(simulated):
    simulated.api.bulk.polls = 50
    copy = Copy()
    with source(simulated) as shop:
        with pytest.raises(
            SourceUnavailable, match=r"still preparing the export \(CREATED"
        ) as info:
            copy.pull(shop, "orders")
        assert "next run" in info.value.hint
    with source(simulated) as shop:
        with pytest.raises(SourceUnavailable):
            copy.pull(shop, "orders")
        copy.pull(shop, "orders")
    assert len(simulated.api.bulk.jobs) == 1, "the same export is waited for"
    assert copy.as_truth()["orders"] == truth_of(simulated, "orders")


def test_no_rows_have_no_file():
    with ShopifySimulator(orders=0) as simulated:
        simulated.settle()
        copy = Copy()
        with source(simulated) as shop:
            assert copy.pull(shop).kept == {}
        simulated.shop.new_order(simulated.clock.now())
        simulated.settle()
        with source(simulated) as shop:
            copy.pull(shop)
        assert copy.as_truth() == expected(simulated.truth())


def test_what_changes_while_the_export_is_prepared_is_read_after_it(simulated):
    copy = Copy()
    with source(simulated) as shop:
        stream = next(each for each in shop.streams() if each.name == "orders")
        pages = stream.pull(None)
        for _ in range(2):
            copy.take(stream, next(pages))
        simulated.change(10, spread=300)
        simulated.settle()
        for page in pages:
            copy.take(stream, page)
    with source(simulated) as shop:
        copy.pull(shop)
    assert copy.as_truth() == expected(simulated.truth())


def test_a_file_with_fewer_lines_than_counted_is_never_taken_for_all(simulated):
    """The vendor's objectCount against the rows that arrived: a lost result is not "no news"."""
    simulated.api.bulk.lost_lines = 3
    with source(simulated) as shop:
        copy = Copy()
        with pytest.raises(SourceChanged, match="counted 60 objects, its file holds 57"):
            copy.pull(shop, "orders")
        assert '"export"' in copy.cursors["orders"], "the cursor stays within the export"


def test_every_page_says_what_the_vendor_counted(simulated, monkeypatch):
    monkeypatch.setattr(Shopify, "part_bytes", 5_000)
    with source(simulated) as shop:
        copy = Copy().pull(shop, "orders")
    counted = [p.vendor_count for p in copy.pages["orders"] if p.vendor_count is not None]
    assert len(counted) > 3
    assert sum(counted) == 60


@pytest.mark.parametrize("end", ["FAILED", "CANCELED"])
def test_an_export_that_fails_gives_what_it_has_and_the_rest_comes_by_page(simulated, end, caplog):
    simulated.api.bulk.end, simulated.api.bulk.error = end, "INTERNAL_SERVER_ERROR"
    with source(simulated) as shop:
        copy = Copy().pull(shop)
    assert copy.as_truth() == expected(simulated.truth())
    sizes = [len(page.records) for page in copy.pages["orders"]]
    assert (30 in sizes) == (end == "FAILED"), "partialDataUrl is read"
    assert "going on page by page" in caplog.text


def test_a_failed_export_whose_part_has_no_size_goes_on_by_page(simulated):
    """`fileSize` belongs to the file of a whole export; a part need not have one."""
    simulated.api.bulk.end, simulated.api.bulk.error = "FAILED", "TIMEOUT"
    simulated.api.bulk.sizes_parts = False
    with source(simulated) as shop:
        assert Copy().pull(shop).as_truth() == expected(simulated.truth())


def test_a_part_that_ends_within_a_line_or_behind_a_dead_link_goes_on_by_page(simulated, caplog):
    simulated.api.bulk.end, simulated.api.bulk.error = "FAILED", "INTERNAL_SERVER_ERROR"
    simulated.api.bulk.cut_bytes = 9
    with source(simulated) as shop:
        assert Copy().pull(shop).as_truth() == expected(simulated.truth())
    assert "what the export left cannot be read" in caplog.text
    simulated.api.bulk.files.expired = True
    with source(simulated) as shop:
        assert Copy().pull(shop).as_truth() == expected(simulated.truth())


def test_an_export_that_is_denied_is_forbidden(simulated):
    simulated.api.bulk.end, simulated.api.bulk.error = "FAILED", "ACCESS_DENIED"
    with source(simulated) as shop, pytest.raises(StreamForbidden):
        Copy().pull(shop, "orders")


def test_an_expired_export_is_begun_anew(simulated):
    simulated.api.bulk.end = "EXPIRED"
    with source(simulated) as shop, pytest.raises(CursorExpired, match="begun anew"):
        Copy().pull(shop, "orders")


def test_a_link_is_good_for_a_week(simulated):
    copy = Copy()
    with source(simulated) as shop:
        stream = next(each for each in shop.streams() if each.name == "orders")
        pages = stream.pull(None)
        for _ in range(2):
            copy.take(stream, next(pages))
        for job in simulated.api.bulk.jobs.values():
            job.completed = simulated.clock.now()
    simulated.advance(8 * 86_400)
    with source(simulated) as shop, pytest.raises(CursorExpired, match="too old"):
        copy.pull(shop, "orders")


def test_a_link_that_is_refused_is_asked_for_again(simulated):
    simulated.api.bulk.files.expired = True
    copy = Copy()
    with source(simulated) as shop:
        with pytest.raises(SourceUnavailable, match="no longer good") as info:
            copy.pull(shop, "orders")
        assert "new link" in info.value.hint
    simulated.api.bulk.files.expired = False
    with source(simulated) as shop:
        copy.pull(shop, "orders")
    assert copy.as_truth()["orders"] == truth_of(simulated, "orders")


def test_the_other_host_gets_no_credentials_and_no_link_is_stored(simulated):
    with source(simulated) as shop:
        copy = Copy().pull(shop)
    asked = simulated.api.bulk.files.asked
    assert asked
    for request in asked:
        assert not {"x-shopify-access-token", "authorization"} & set(request.headers)
        assert request.headers["host"].startswith("localhost")
    for pages in copy.pages.values():
        assert not any("Signature" in (page.cursor or "") for page in pages)


def test_a_host_that_knows_no_ranges(simulated, monkeypatch):
    monkeypatch.setattr(Shopify, "part_bytes", 7_000)
    simulated.api.bulk.files.knows_ranges = False
    with source(simulated) as shop:
        copy = Copy().pull(shop, "orders")
    assert copy.as_truth()["orders"] == truth_of(simulated, "orders")


def test_a_link_without_encryption_is_not_followed(simulated):
    simulated.api.files_host = "http://storage.example"
    with source(simulated) as shop, pytest.raises(SourceChanged, match="not https"):
        Copy().pull(shop, "orders")


def test_children_stand_on_later_lines_and_are_read(simulated):
    with source(simulated) as shop:
        copy = Copy().pull(shop, "returns")
    lines = [raw for page in copy.pages["returns"] for raw in page.records]
    kinds = [bool(raw.get("__parentId")) for raw in lines]
    assert kinds == sorted(kinds)
    assert any(kinds)
    assert copy.as_truth()["returns"] == truth_of(simulated, "returns")


def test_our_own_running_export_is_adopted(simulated):
    """The answer to the mutation was cut, and it is sent once more."""
    simulated.api.bulk.concurrent = 1
    simulated.faults.add("cut", path="/admin/api/*", where="body", after=1, times=1)
    with source(simulated) as shop:
        copy = Copy().pull(shop, "orders")
    assert len(simulated.api.bulk.jobs) == 1
    assert copy.as_truth()["orders"] == truth_of(simulated, "orders")


def test_another_app_is_exporting(simulated):
    simulated.api.bulk.concurrent = 1
    simulated.api.bulk.run("{ customers { edges { node { id } } } }", simulated.clock.now())
    with source(simulated) as shop, pytest.raises(RateLimited, match="another export") as info:
        Copy().pull(shop, "orders")
    assert info.value.retry_after == 60


def test_user_errors_are_told(simulated, monkeypatch):
    monkeypatch.setattr(
        "deskpulse_connectors.shopify.queries.Query.export", lambda *_: "{ shop { name } }"
    )
    with source(simulated) as shop, pytest.raises(RequestRefused, match="at least one connection"):
        Copy().pull(shop, "orders")


def test_a_start_is_in_the_export(simulated):
    with source(simulated, start="2026-04-01") as shop:
        copy = Copy().pull(shop, "orders")
    [job] = simulated.api.bulk.jobs.values()
    assert re.search(r"updated_at:>='2026-04-01T00:00:00Z'", job.query)
    wanted = truth_of(simulated, "orders")
    assert copy.as_truth()["orders"] == {
        ident: one for ident, one in wanted.items() if one["updated_at"] >= "2026-04-01"
    }

"""What tests of the Shopify connector share: a source on a simulated shop, and what it brings."""

import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.http.retry import Patience
from deskpulse.records import Record
from deskpulse.records.people import EMAIL_KEY, email_key
from deskpulse_connectors.shopify.connector import Shopify
from support.clock import FakeClock

SHARED = Path(os.environ.get("DESKPULSE_SHARED") or Path(__file__).parents[2].parent / "shared")


class SharedClock(FakeClock):
    """Sleeping lets the vendor's time pass as well: its bucket fills, its tokens age."""

    def __init__(self, simulator: Any) -> None:
        super().__init__(simulator.clock.instant())
        self._simulator = simulator

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._simulator.advance(seconds, quiet=True)


@contextmanager
def source(simulator: Any, *, attempts: int = 5, client: bool = False, **settings: Any):
    """The connector as core would make it; waits take no time."""
    known = simulator.credentials
    names = ("client_id", "client_secret") if client else ("access_token",)
    given = {name: known[name] for name in names} | settings
    made = Shopify.Config(url=simulator.url, **given)
    clock = SharedClock(simulator)
    with HttpClient.for_connector(
        Shopify,
        made,
        source="shop",
        clock=clock,
        redactor=Redactor(),
        patience=Patience(attempts=attempts),
    ) as http:
        yield Shopify(made, http, clock, "shop")


class Copy:
    """What a sync would hold: records by kind and id; the later one counts."""

    def __init__(self) -> None:
        self.cursors: dict[str, str | None] = {}
        self.kept: dict[str, dict[str, Record]] = {}
        self.pages: dict[str, list[Any]] = {}

    def pull(self, shop: Shopify, *names: str) -> "Copy":
        for stream in shop.streams():
            if names and stream.name not in names:
                continue
            for page in stream.pull(self.cursors.get(stream.name)):
                assert page.vendor_count in (None, len(page.records))
                self.pages.setdefault(stream.name, []).append(page)
                self.take(stream, page)
        return self

    def take(self, stream: Any, page: Any) -> None:
        for raw in page.records:
            for record in stream.parse(raw):
                self.of(record.kind_name)[record.id] = record
        self.cursors[stream.name] = page.cursor

    def of(self, kind: str) -> dict[str, Any]:
        return self.kept.setdefault(kind, {})

    def as_truth(self) -> dict[str, Any]:
        """What is held, in the words of the simulator's truth."""

        def stamp(instant):
            return None if instant is None else instant.strftime("%Y-%m-%dT%H:%M:%SZ")

        measured = {"refunds": {}, "returns": {}}
        for ident, one in self.of("measurement").items():
            kind, _, number = ident.partition("/")
            fields = (f"{one.value:.2f}",) if kind == "refunds" else (one.value, one.dims["status"])
            measured[kind][number] = (one.day.isoformat(), *fields)
        return {
            "orders": {
                ident: {
                    "customer": order.customer_id,
                    "placed_at": stamp(order.placed_at),
                    "cancelled_at": stamp(order.cancelled_at),
                    "updated_at": stamp(order.updated_at),
                    "total": str(order.total),
                    "refunded": str(order.refunded),
                    "currency": order.currency,
                    "channel": order.channel,
                }
                for ident, order in self.of("order").items()
            },
            "customers": {
                ident: {
                    "spent": str(self.of("account")[ident].value),
                    "orders": customer.custom["orders"],
                    "key": customer.custom[EMAIL_KEY],
                    "created_at": stamp(customer.created_at),
                }
                for ident, customer in self.of("customer").items()
            },
            **measured,
        }


def expected(truth: dict[str, Any]) -> dict[str, Any]:
    """The simulator's truth as a source without personal data should hold it."""
    people = {
        ident: {
            **{key: one[key] for key in ("spent", "orders", "created_at")},
            "key": email_key(one["email"]),
        }
        for ident, one in truth["customers"].items()
    }
    return {**truth, "customers": people}


def fixture(name: str) -> Any:
    """A payload that we did not write; skips with the reason where it is missing."""
    path = (
        SHARED / "fixtures" / "shopify" / f"amp-labs__providers__shopify__test__read__{name}.json"
    )
    if not path.exists():
        pytest.skip(f"outside data is missing: {path} (set DESKPULSE_SHARED)")
    return json.loads(path.read_text())

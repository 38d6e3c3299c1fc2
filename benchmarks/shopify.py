"""How much of Shopify's bucket is used while orders wait, and what an export costs in memory.

The simulated shop runs in this process, the connector in one of its own.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.measure import measured
from deskpulse.clock import SystemClock
from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.sync.parsing import parse_page
from deskpulse_connectors.shopify.connector import Shopify
from deskpulse_connectors.simulators.shopify import ShopifySimulator

BUCKET = 2000
RESTORE = 1000.0
"""Points, and points a second: the plan Plus."""

SHARE = 1 / 0.95
FLAT_MB = 40


def run(_scratch: Path, *, quick: bool) -> list[Figure]:
    """Pages against the bucket; exports of a size and of four times that."""
    found = [_rate(2_000 if quick else 8_000)]
    small, large = (_export(size) for size in ((2_000, 8_000) if quick else (10_000, 40_000)))
    more = large - small
    beside = f"{small:,.0f} MB and {large:,.0f} MB"
    return [*found, Figure("memory of an export four times as large", more, "MB", FLAT_MB, beside)]


def _rate(orders: int) -> Figure:
    with ShopifySimulator(orders=orders, bucket=BUCKET, restore=RESTORE) as simulator:
        simulator.settle()
        simulator.bucket.spent = 0.0
        cost = measured("benchmarks.shopify:pull", simulator.url, simulator.token, "pages")
        spent, left = simulator.bucket.spent, simulator.bucket.available(simulator.clock.pulse())
    seconds, refused, _ = cost.value
    least = (spent - BUCKET) / RESTORE
    beside = f"{spent:,.0f} points in {seconds:.1f} s, {refused} refused, {left:,.0f} left"
    return Figure("time of the pages by the least that the bucket allows", seconds / least, "x",
                  SHARE, beside)  # fmt: skip


def _export(orders: int) -> float:
    with ShopifySimulator(orders=orders) as simulator:
        simulator.settle()
        simulator.api.bulk.polls = 0
        cost = measured("benchmarks.shopify:pull", simulator.url, simulator.token, "bulk")
        return float(cost.value[2])


def pull(url: str, token: str, backfill: str) -> tuple[float, int, float]:
    """Every order once: seconds, how often the vendor refused, and the peak of memory in MB."""
    config = Shopify.Config(url=url, access_token=token, backfill=backfill)
    clock = SystemClock()
    with HttpClient.for_connector(
        Shopify, config, source="shop", clock=clock, redactor=Redactor()
    ) as http:
        shop = Shopify(config, http, clock, "shop")
        stream = next(each for each in shop.streams() if each.name == "orders")
        begun = clock.monotonic()
        for page in stream.pull(None):
            parse_page(stream, page, keep_raw=False)
        return clock.monotonic() - begun, http.stats.rate_limited, _peak_mb()


def _peak_mb() -> float:
    """Of this program alone; `ru_maxrss` begins with that of the process which started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024

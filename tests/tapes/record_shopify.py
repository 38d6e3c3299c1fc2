"""Record the tapes of the Shopify contract from the simulator: `python tests/tapes/record_shopify.py`.

The simulated shop is small and its people are invented.
"""

from pathlib import Path

import httpx

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.testing import FrozenClock, Recorder
from deskpulse_connectors.shopify.connector import Shopify
from deskpulse_connectors.simulators.shopify import ShopifySimulator

TAPES = Path(__file__).parent
SHOP = "https://acme.myshopify.com"
FILES = "https://storage.example"
TOKEN = "shpat_an_invented_token"


def main() -> None:
    for backfill, settings in (("bulk", {}), ("pages", {"page_size": 6})):
        with ShopifySimulator(seed=12, orders=14, days=14) as simulator:
            simulator.api.bulk.polls = 0
            simulator.settle()
            path = TAPES / f"shopify-{backfill}.json"
            now = _record(simulator, path, backfill=backfill, **settings)
            print(f"{path.name}, recorded at {now.isoformat()}")


def _record(simulator: ShopifySimulator, path: Path, **settings):
    clock = FrozenClock(simulator.clock.instant())
    recorder = Recorder(
        httpx.HTTPTransport(),
        {simulator.url: SHOP, simulator.token: TOKEN, simulator.api.files_host: FILES},
    )
    config = Shopify.Config(url=simulator.url, access_token=simulator.token, **settings)
    with HttpClient.for_connector(
        Shopify, config, source="shop", clock=clock, redactor=Redactor(), transport=recorder
    ) as http:
        for stream in Shopify(config, http, clock, "shop").streams():
            known, waiting = {None}, [None]
            while waiting:
                for page in stream.pull(waiting.pop()):
                    if page.cursor not in known:
                        known.add(page.cursor)
                        waiting.append(page.cursor)
    recorder.tape.save(path)
    return clock.now()


if __name__ == "__main__":
    main()

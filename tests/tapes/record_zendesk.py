"""Record the tapes of the Zendesk contract from the simulator: `python tests/tapes/record_zendesk.py`.

The simulated account is small and its people are invented.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.testing import FrozenClock, Recorder
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from deskpulse_connectors.simulators.zendesk.team import Size
from deskpulse_connectors.zendesk.connector import Zendesk

TAPES = Path(__file__).parent
DESK = "https://acme.zendesk.com"
TOKEN = "an-invented-access-token"
SETTINGS = {
    "per_page": 8,
    "export_per_minute": 1000,
    "requests_per_minute": 10_000,
    "talk": True,
    "chat": True,
}


def main() -> None:
    with _simulator(tickets=10) as simulator:
        simulator.settle()
        now = _record(simulator, TAPES / "zendesk.json")
        print(f"zendesk.json, recorded at {now.isoformat()}")
    with _simulator(tickets=4) as simulator:
        simulator.tie_organizations(19)
        simulator.settle()
        now = _record(simulator, TAPES / "zendesk-ties.json", lambda name: name == "organizations")
        print(f"zendesk-ties.json, recorded at {now.isoformat()}")


def _simulator(tickets: int) -> ZendeskSimulator:
    simulator = ZendeskSimulator(
        seed=21,
        tickets=tickets,
        weeks=2,
        budget=0,
        account_limit=0,
        size=Size(agents=12, customers=8, organizations=3),
    )
    simulator.advance(-int(simulator.clock.instant().timestamp()) % 60)  # a whole minute
    return simulator


def _record(
    simulator: ZendeskSimulator, path: Path, wanted: Callable[[str], bool] = lambda _: True
) -> datetime:
    clock = FrozenClock(simulator.clock.instant())
    recorder = Recorder(
        httpx.HTTPTransport(), {simulator.url: DESK, simulator.token: TOKEN, "127.0.0.1": "acme"}
    )
    config = Zendesk.Config(url=simulator.url, access_token=simulator.token, **SETTINGS)
    with HttpClient.for_connector(
        Zendesk, config, source="desk", clock=clock, redactor=Redactor(), transport=recorder
    ) as http:
        for stream in Zendesk(config, http, clock, "desk").streams():
            if wanted(stream.name):
                _pull_from_every_cursor(stream)
    recorder.tape.save(path)
    return clock.now()


def _pull_from_every_cursor(stream) -> None:
    known, waiting = {None}, [None]
    while waiting:
        for page in stream.pull(waiting.pop()):
            if page.cursor not in known:
                known.add(page.cursor)
                waiting.append(page.cursor)


if __name__ == "__main__":
    main()

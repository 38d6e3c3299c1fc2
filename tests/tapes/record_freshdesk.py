"""Record the tapes of the Freshdesk contract from the simulator: `python tests/tapes/record_freshdesk.py`.

The simulated account is small and its people are invented.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.testing import FrozenClock, Recorder
from deskpulse_connectors.freshdesk.connector import Freshdesk
from deskpulse_connectors.simulators.freshdesk import FreshdeskSimulator

TAPES = Path(__file__).parent
DESK = "https://acme.freshdesk.com"
SETTINGS = {
    "requests_per_minute": 10_000,
    "lists_per_minute": 10_000,
    "per_page": 6,
    "activities": True,
    "start": "2026-03-01",
    "statuses": {"8": "on_hold"},
}


def main() -> None:
    now = _record(_simulator(tickets=24), TAPES / "freshdesk.json", _everything)
    print(f"freshdesk.json, recorded at {now.isoformat()}")
    simulator = _simulator(tickets=16)
    simulator.tie(15)
    simulator.advance(120, quiet=True)
    now = _record(simulator, TAPES / "freshdesk-ties.json", _tickets_once)
    print(f"freshdesk-ties.json, recorded at {now.isoformat()}")


def _simulator(tickets: int) -> FreshdeskSimulator:
    simulator = FreshdeskSimulator(
        seed=28,
        tickets=tickets,
        weeks=1,
        account_limit=0,
        list_limit=0,
        agents=7,
        companies=7,
        customers=9,
    )
    simulator.advance(3600, quiet=True)
    desk, at = simulator.desk, simulator.clock.now() - 1800
    first, second, *_ = desk.tickets.values()
    desk.remove(at, first, spam=True)
    desk.remove(at, second, spam=False)
    return simulator


def _record(
    simulator: FreshdeskSimulator, path: Path, pull: Callable[[Freshdesk], None]
) -> datetime:
    with simulator:
        clock = FrozenClock(simulator.clock.instant())
        recorder = Recorder(httpx.HTTPTransport(), {simulator.url: DESK, "127.0.0.1": "acme"})
        settings = {**SETTINGS, "domain": simulator.url, "api_key": simulator.key}
        config = Freshdesk.Config(**settings)
        with HttpClient.for_connector(
            Freshdesk, config, source="desk", clock=clock, redactor=Redactor(), transport=recorder
        ) as http:
            pull(Freshdesk(config, http, clock, "desk"))
        recorder.tape.save(path)
        return clock.now()


def _everything(desk: Freshdesk) -> None:
    """Every stream, also from every cursor."""
    desk.warnings()
    for stream in desk.streams():
        known, waiting = {None}, [None]
        while waiting:
            for page in stream.pull(waiting.pop()):
                if page.cursor not in known:
                    known.add(page.cursor)
                    waiting.append(page.cursor)


def _tickets_once(desk: Freshdesk) -> None:
    list(desk.tickets(None))


if __name__ == "__main__":
    main()

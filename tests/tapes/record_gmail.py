"""Record the tape of the Gmail contract from the simulator: `python tests/tapes/record_gmail.py`.

The simulated inbox is small and its people are invented.
"""

from pathlib import Path

import httpx

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.testing import FrozenClock, Recorder
from deskpulse_connectors.gmail.connector import Gmail
from deskpulse_connectors.simulators.gmail import GmailSimulator

TAPES = Path(__file__).parent
TOKEN = "an-invented-access-token"
SETTINGS = {
    "per_page": 4,
    "team": {"anna@acme.example": "Anna Berg", "ben@acme.example": "Ben Kaya"},
}


def main() -> None:
    with GmailSimulator(seed=21, conversations=14, weeks=2) as simulator:
        clock = FrozenClock(simulator.clock.instant())
        recorder = Recorder(
            httpx.HTTPTransport(),
            {simulator.url: "https://gmail.googleapis.com", simulator.tokens.token: TOKEN},
        )
        config = Gmail.Config(url=simulator.url, access_token=simulator.tokens.token, **SETTINGS)
        with HttpClient.for_connector(
            Gmail, config, source="inbox", clock=clock, redactor=Redactor(), transport=recorder
        ) as http:
            for stream in Gmail(config, http, clock, "inbox").streams():
                _pull_from_every_cursor(stream)
        recorder.tape.save(TAPES / "gmail.json")
        print(f"gmail.json, recorded at {clock.now().isoformat()}")


def _pull_from_every_cursor(stream) -> None:
    known, waiting = {None}, [None]
    while waiting:
        for page in stream.pull(waiting.pop()):
            if page.cursor not in known:
                known.add(page.cursor)
                waiting.append(page.cursor)


if __name__ == "__main__":
    main()

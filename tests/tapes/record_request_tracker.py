"""Record the tape of the Request Tracker contract: `python tests/tapes/record_request_tracker.py`.

It starts a real Request Tracker, which must be installed; the people in it are invented.
"""

import sys
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.testing import FrozenClock, Recorder, frozen
from deskpulse_connectors.request_tracker.connector import RequestTracker
from support.request_tracker import request_tracker
from support.request_tracker_story import Story

TAPE = Path(__file__).parent / "request-tracker.json"
DESK = "https://rt.example.com"
NOW = "2026-11-20T09:00Z"
SETTINGS = {"per_page": 12, "fields": {"Reason": "reason"}, "texts": True}


def main() -> None:
    with request_tracker() as rt:
        Story(rt).tell()
        recorder = Recorder(httpx.HTTPTransport(), {rt.url: DESK, rt.token: "a-token"})
        _pull(rt.url, rt.token, recorder, frozen(NOW))
        recorder.tape.save(TAPE)
    print(f"{TAPE.name}, {len(recorder.tape.exchanges)} exchanges, recorded for {NOW}")


def _pull(url: str, token: str, recorder: Recorder, clock: FrozenClock) -> None:
    config = RequestTracker.Config(url=url, token=token, requests_per_minute=100_000, **SETTINGS)
    with HttpClient.for_connector(
        RequestTracker, config, source="rt", clock=clock, redactor=Redactor(), transport=recorder
    ) as http:
        for stream in RequestTracker(config, http, clock, "rt").streams():
            known, waiting = {None}, [None]
            while waiting:
                for page in stream.pull(waiting.pop()):
                    if page.cursor not in known:
                        known.add(page.cursor)
                        waiting.append(page.cursor)


if __name__ == "__main__":
    main()

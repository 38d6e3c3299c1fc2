"""Record the tapes of the contract from a real tracker: `python record.py`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from deskpulse_roundup import Roundup
from roundup_tracker import Tracker, tracker

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.testing import FrozenClock, Recorder

HERE = Path(__file__).parent
SETTINGS = {"username": "reader", "agent_roles": ["Agent", "Admin"], "per_page": 3}


def main() -> None:
    """Two tapes: everything and the polls after it, and issues that all changed in one second."""
    with tracker() as roundup:
        hour = tell(roundup)
        now = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
        record(roundup, HERE / "tape.json", now, polls=1)
        for issue in "12345":
            roundup.date("issue", issue, activity=hour)
        record(roundup, HERE / "ties.json", now, polls=0)
        print(f"The contract needs now = {now.isoformat()}")


def tell(roundup: Tracker) -> datetime:
    """A small desk: two agents, two customers, five issues and what was said about them.

    Gives the hour at which the issues were asked, yesterday: in its minutes 1 to 5; three of them
    were answered half an hour later, and all last changed an hour later.
    """
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
    for name, role in (("ann", "Agent"), ("bob", "Agent,User"), ("carl", "User"), ("dora", "User")):
        person = {"realname": name.title(), "roles": role, "address": f"{name}@acme.example"}
        ident = roundup.create("user", username=name, **person)
        roundup.date("user", ident, activity=hour)
    for number, title in enumerate(("Printer", "Coffee", "Door", "Lamp", "Roof"), 1):
        asked = hour + timedelta(minutes=number)
        letters = [letter(roundup, "carl", asked, f"{title} is broken.")]
        issue = roundup.create("issue", title=title, priority="bug", messages=letters)
        if number < 4:
            letters.append(letter(roundup, "ann", asked + timedelta(minutes=30), "We are on it."))
            roundup.change("issue", issue, messages=letters, assignedto="ann")
        if number == 1:
            roundup.change("issue", issue, status="resolved")
        roundup.date("issue", issue, creation=asked, activity=asked + timedelta(hours=1))
    return hour


def letter(roundup: Tracker, author: str, sent: datetime, text: str) -> str:
    """A message; gives its id."""
    date = f"{sent:%Y-%m-%d.%H:%M:%S}"
    return roundup.create("msg", author=author, date=date, content=text)


def record(roundup: Tracker, path: Path, now: datetime, polls: int) -> None:
    """Pull everything, and once more from each cursor where `polls` is 1."""
    recorder = Recorder(httpx.HTTPTransport(), {roundup.url: "https://bugs.acme.example"})
    config = Roundup.Config(url=roundup.url, password=roundup.password, **SETTINGS)
    clock = FrozenClock(now)
    with HttpClient.for_connector(
        Roundup, config, source="roundup", clock=clock, redactor=Redactor(), transport=recorder
    ) as http:
        for stream in Roundup(config, http, clock, "roundup").streams():
            cursors = [page.cursor for page in stream.pull(None)]
            for cursor in cursors * polls:
                list(stream.pull(cursor))
    recorder.tape.save(path)


if __name__ == "__main__":
    main()

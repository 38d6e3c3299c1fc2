"""What the drilled programs talk to: a Slack and a mail server on loopback that write down all."""

from __future__ import annotations

import json
import logging
import re
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from deskpulse.outbox.thread import REPEAT
from support.fake_slack import FakeSlack, Fault
from support.smtp import PASSWORD, USER, MailServer, Received

logging.getLogger("mail.log").setLevel(logging.CRITICAL)
TOKEN = re.compile(r"Case-\d{5}")
"""What marks a ticket in its subject."""


@dataclass(frozen=True)
class Arrival:
    """One accepted message. `key` is the same for a repeat; `edit` repeats without harm."""

    sink: str
    key: str
    at: float
    tokens: frozenset[str]
    marked: bool
    title: str
    edit: bool = False


class TimedSlack(FakeSlack):
    """The tests' Slack; `taken` are the accepted calls with the second of their acceptance.

    Between taking a message and saying so it lets `answers_after_s` pass.
    """

    answers_after_s = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[float, dict[str, Any], str]] = []

    def handle(self, method: str, payload: dict[str, Any], authorization: str) -> Fault:
        """Decide about one call."""
        answer = super().handle(method, payload, authorization)
        time.sleep(self.answers_after_s)
        return answer

    def _answer(self, method: str, payload: dict[str, Any], authorization: str) -> dict[str, Any]:
        answer = super()._answer(method, payload, authorization)
        if answer.get("ok") and method.startswith("chat."):
            self.taken.append((time.time(), payload, method))
        return answer


class Sinks:
    """`with Sinks(folder) as sinks:` both of them, and what arrived."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.slack = TimedSlack()
        for name, secret in (("token", self.slack.token), ("password", PASSWORD)):
            (folder / name).write_text(secret, encoding="utf-8")
            (folder / name).chmod(0o600)
        self.mail = MailServer(folder)
        self._times: list[float] = []
        self._read: list[Arrival] = []
        self._posted: list[Arrival] = []

    def __enter__(self) -> Self:
        self.slack.__enter__()
        self.mail.received = _Stamped(self._times)
        self.mail.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.slack.__exit__(None, None, None)
        self.mail.__exit__(None, None, None)

    def settings(self) -> str:
        """`[notifiers.team]` and `[notifiers.lead]` for these servers."""
        return f"""
[notifiers.team]
use = "slack"
token = {{ file = "{self.folder / "token"}" }}
channel = "{self.slack.channel}"
base_url = "{self.slack.url}"
timeout_s = 5

[notifiers.lead]
use = "email"
host = "{self.mail.host}"
port = {self.mail.port}
username = "{USER}"
password = {{ file = "{self.folder / "password"}" }}
sender = "Deskpulse <kpi@example.com>"
recipients = ["lead@example.com"]
ca_file = "{self.mail.ca_file}"
charts = false
timeout_s = 5
"""

    @property
    def arrivals(self) -> list[Arrival]:
        """Everything that was accepted, by sink, in order."""
        self._posted += map(_posted, self.slack.taken[len(self._posted) :])
        done = len(self._read)
        new = zip(self._times[done:], self.mail.received[done:], strict=False)
        self._read += [_mailed(at, received) for at, received in new]
        return [*self._posted, *self._read]


class _Stamped(list[Received]):
    """A list that notes when each item came."""

    def __init__(self, times: list[float]) -> None:
        super().__init__()
        self._times = times

    def append(self, item: Received) -> None:
        self._times.append(time.time())
        super().append(item)


def _mailed(at: float, received: Received) -> Arrival:
    mail = received.mail
    words = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return Arrival(
        "mail",
        str(mail["Message-ID"]),
        at,
        frozenset(TOKEN.findall(words)),
        REPEAT in " ".join(words.split()),
        str(mail["Subject"]),
    )


def _posted(taken: tuple[float, dict[str, Any], str]) -> Arrival:
    at, payload, method = taken
    words = json.dumps(payload, ensure_ascii=False)
    edit = method == "chat.update"
    return Arrival(
        "slack",
        f"edit of {payload.get('ts')}" if edit else str(payload.get("client_msg_id")),
        at,
        frozenset(TOKEN.findall(words)),
        REPEAT in words,
        str(payload.get("text", "")),
        edit,
    )


def repeats(arrivals: Iterable[Arrival]) -> tuple[int, list[Arrival]]:
    """How many came once more, and those of them that do not say so. Edits do not count."""
    seen: Counter[str] = Counter()
    again, silent = 0, []
    for arrival in arrivals:
        if arrival.edit:
            continue
        if seen[arrival.key]:
            again += 1
            if not arrival.marked:
                silent.append(arrival)
        seen[arrival.key] += 1
    return again, silent

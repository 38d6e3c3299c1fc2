"""`python -m benchmarks.messages [--count 10000]`: random messages, and what every judge says.

Messages of every size and shape, a fifth of their texts hostile. Slack: our own reading of its
limits, slack_sdk's models, and blockkit. Mail: the standard library reads it back. Exit 1 if one
message is not valid.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from deskpulse.message import Message
from deskpulse_notifiers.email import Email
from deskpulse_notifiers.email.headers import headers_of
from deskpulse_notifiers.email.html import LARGEST
from deskpulse_notifiers.email.mime import mail_of
from deskpulse_notifiers.slack.look import Look
from deskpulse_notifiers.slack.pages import pages_of
from deskpulse_notifiers.teams.card import body_of
from support.blockkit_judge import UNKNOWN, complaints
from support.messages import COMPLETE_TO, OWN_HOST, MessageMaker
from support.slack_limits import meanings, problems

LOOK = Look(charts=True, buttons=True)
HEADERS = {
    *("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
    *("In-Reply-To", "References", "MIME-Version", "Content-Type"),
}
CONFIG = Email.Config(host="smtp.example.com", sender="kpi@example.com", recipients=["a@b.example"])


def payloads(message: Message) -> list[dict[str, Any]]:
    return [{"text": page.text, "blocks": list(page.blocks)} for page in pages_of(message, LOOK)]


def limits(message: Message) -> Iterator[str]:
    for payload in payloads(message):
        yield from problems(payload)


def only_text(message: Message) -> Iterator[str]:
    for payload in payloads(message):
        yield from meanings(payload, frozenset({OWN_HOST}))


def sdk(message: Message) -> Iterator[str]:
    for payload in payloads(message):
        for block in payload["blocks"]:
            parsed = None if block["type"] in UNKNOWN else Block.parse(block)
            try:
                if parsed is not None:
                    parsed.validate_json()
            except SlackObjectFormationError as problem:
                yield str(problem)


def blockkit(message: Message) -> Iterator[str]:
    for payload in payloads(message):
        yield from complaints(payload)


def mail(message: Message) -> Iterator[str]:
    sent = mail_of(message, headers_of(message, CONFIG, COMPLETE_TO))
    read = message_from_bytes(sent.as_bytes(), policy=policy.SMTP)
    if set(read.keys()) - HEADERS or len(read.keys()) != len(set(read.keys())):
        yield f"headers {read.keys()}"
    if read.defects:
        yield f"defects {read.defects}"
    if len(sent.html.encode()) > LARGEST:
        yield f"HTML of {len(sent.html.encode())} bytes"


def teams(message: Message) -> Iterator[str]:
    if len(body_of(message)) > 28_000:
        yield f"{len(body_of(message))} bytes"


JUDGES: Mapping[str, Callable[[Message], Iterator[str]]] = {
    "Slack: limits": limits,
    "Slack: only text": only_text,
    "Slack: slack_sdk models": sdk,
    "Slack: blockkit": blockkit,
    "mail: read back": mail,
    "Teams: size": teams,
}


def main(arguments: list[str] | None = None) -> int:
    """Print the share of valid messages, and the first complaint of each judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.messages", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    maker = MessageMaker(asked.seed)
    valid: Counter[str] = Counter()
    first: dict[str, str] = {}
    started = time.monotonic()
    for number in range(asked.count):
        message = maker.message()
        for name, judge in JUDGES.items():
            complaint = next(judge(message), None)
            if complaint is None:
                valid[name] += 1
            else:
                first.setdefault(name, f"message {number}: {complaint[:300]}")
    for name in JUDGES:
        share = 100 * valid[name] / asked.count
        print(f"{name:24} {valid[name]:>7,} of {asked.count:,} valid ({share:.2f} %)")
    for name, complaint in first.items():
        print(f"{name}: {complaint}")
    print(f"{time.monotonic() - started:.0f} s")
    return 0 if not first else 1


if __name__ == "__main__":
    sys.exit(main())

"""Record a tape: listen to a connector at work, and take secrets and people off what was said."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import BaseModel

from deskpulse.app.accounts import open_source
from deskpulse.clock import AsOf
from deskpulse.connector import Connector, Stream
from deskpulse.errors import ConfigError, DeskpulseError, StreamForbidden
from deskpulse.http.redact import secrets_in
from deskpulse.testing.recorder import Recorder
from deskpulse.testing.scrubber import Scrubber
from deskpulse.testing.tape import Tape

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace


@dataclass
class Recorded:
    """A scrubbed tape, and what has to be known to play it."""

    tape: Tape
    now: datetime
    """The present that the connector saw: a clock must stand there when the tape is played."""
    address: str
    settings: dict[str, Any]
    """Settings that are personal, as they are on the tape."""
    pages: dict[str, int] = field(default_factory=dict)
    """Stream -> pages."""
    cut: list[str] = field(default_factory=list)
    """Streams that go on after the tape ends."""
    refused: dict[str, str] = field(default_factory=dict)
    """Streams that could not be read, and why."""
    replaced: dict[str, int] = field(default_factory=dict)
    """Kind of value -> how many were replaced."""


def record(
    workspace: Workspace,
    name: str,
    *,
    most: int,
    streams: Collection[str] = (),
    address: str | None = None,
) -> Recorded:
    """Pull at most `most` pages of each stream, from the beginning and from every cursor.

    `address` stands on the tape for the account's. Raises `ConfigError` for a source that asks
    nobody over HTTP, and what the source raises if nothing could be read.
    """
    now = workspace.clock.now().replace(microsecond=0)
    listening = Recorder(httpx.HTTPTransport())
    connector = open_source(workspace, name, transport=listening, clock=AsOf(now))
    host = httpx.URL(connector.base_url(connector.config)).netloc.decode()
    if not host:
        raise ConfigError(
            f"the source {name!r} asks nobody over HTTP, so there is nothing to record",
            hint="Test such a connector with files or a server of its own.",
        )
    found = Recorded(Tape([]), now, address or _address(host), {})
    connector.warnings()  # some ask the source for what they warn of
    problem: DeskpulseError | None = None
    for stream in connector.streams():
        if streams and stream.name not in streams:
            continue
        try:
            _pull(stream, most, found, listening)
        except StreamForbidden as refusal:
            found.refused[stream.name] = refusal.message
        except DeskpulseError as failure:
            problem = failure
            found.refused[stream.name] = failure.message
    if not found.pages and problem is not None:
        raise problem
    secrets = {*secrets_in(connector.config), *listening.secrets}
    scrubber = Scrubber(secrets, host, found.address)
    found.tape = scrubber.scrub(listening.tape)
    found.replaced = dict(sorted(scrubber.values.items()))
    found.settings = _personal(connector, scrubber)
    return found


def _pull(stream: Stream, most: int, found: Recorded, listening: Recorder) -> None:
    """To the end, then from every cursor on the way: so the tape answers whoever resumes."""
    listening.repeats = False
    known: set[str | None] = {None}
    waiting: deque[str | None] = deque([None])
    left = most
    while waiting:
        pages = stream.pull(waiting.popleft())
        for page in islice(pages, left):
            if not listening.repeats:
                found.pages[stream.name] = found.pages.get(stream.name, 0) + 1
            if page.cursor not in known and len(known) <= most:
                known.add(page.cursor)
                waiting.append(page.cursor)
            left -= 1
        if left <= 0 and next(pages, None) is not None:
            found.cut.append(stream.name)
            return
        left = most
        listening.repeats = True  # what a resumed reading asks once more is known already


def _address(host: str) -> str:
    """An invented account at the same vendor: `https://acme.zendesk.com`."""
    name, _, _ = host.partition(":")
    labels = name.split(".")
    vendor = ".".join(labels[-2:]) if len(labels) > 2 and not labels[-1].isdigit() else "example"
    return f"https://acme.{vendor}"


def _personal(connector: Connector, scrubber: Scrubber) -> dict[str, Any]:
    config = connector.config
    if not isinstance(config, BaseModel):
        return {}
    values = {name: getattr(config, name) for name in type(config).model_fields}
    clean = {name: _clean(value, scrubber) for name, value in values.items()}
    return {name: clean[name] for name, value in values.items() if clean[name] != value}


def _clean(value: Any, scrubber: Scrubber) -> Any:
    if isinstance(value, str):
        return scrubber.text(value)
    if isinstance(value, dict):
        return {_clean(key, scrubber): _clean(inner, scrubber) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(each, scrubber) for each in value]
    return value

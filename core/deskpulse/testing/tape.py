"""A tape: what a vendor answered, written down, and played back without a network.

A tape is a JSON list. Each entry is one request and its answer:

    {"method": "GET", "path": "/tickets", "params": {"after": "c1"},
     "status": 200, "headers": {}, "json": {"tickets": [], "more": false}}

`method` defaults to GET, `params` to none, `status` to 200, `headers` to none. The answer's body is
`json` (any value) or `text`; `sent` is the JSON body of a POST. The host does not matter.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import httpx

MOST_REPEATS = 20
"""How often one pull may ask for the same thing; more means that it never ends."""

_KEYS = frozenset({"method", "path", "params", "sent", "status", "headers", "json", "text"})
Params = tuple[tuple[str, str], ...]
Request = tuple[str, str, Params, str]
"""Method, path, params, and what is sent."""


class TapeMiss(AssertionError):
    """A request that is not on the tape, or one that is asked again and again."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `params` are sorted pairs of text; `sent` is a POST's JSON."""

    method: str
    path: str
    params: Params = ()
    sent: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""
    """Where it was asked, while it is being recorded; no tape says so."""

    @property
    def request(self) -> Request:
        """What tells this request from others."""
        return self.method, self.path, self.params, self.sent

    @property
    def json(self) -> Any:
        """The answer's body as JSON; ValueError if it is none."""
        return json.loads(self.body)

    def answering(self, value: Any) -> Exchange:
        """The same request, answered with other JSON."""
        return replace(self, body=json.dumps(value).encode())

    def __str__(self) -> str:
        params = ", ".join(f"{name}={value}" for name, value in self.params)
        sent = f" sending {self.sent[:200]}" if self.sent else ""
        return f"{self.method} {self.path} with {params or 'no params'}{sent}"


class Tape:
    """Recorded exchanges. The same request always gets the same answer."""

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self.exchanges: tuple[Exchange, ...] = tuple(exchanges)
        self._answers = {exchange.request: exchange for exchange in self.exchanges}
        if len(self._answers) < len(self.exchanges):
            counted = Counter(exchange.request for exchange in self.exchanges)
            twice = next(e for e in self.exchanges if counted[e.request] > 1)
            raise TapeMiss(f"the tape answers one request twice: {twice}")

    @classmethod
    def load(cls, path: Path) -> Tape:
        """Read a tape; raises `TapeMiss` naming the file and the entry that is wrong."""
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise TapeMiss(f"{path} is no tape: {problem}") from None
        try:
            return cls.of(entries)
        except TapeMiss as problem:
            raise TapeMiss(f"{path}: {problem}") from None

    @classmethod
    def of(cls, entries: Sequence[Mapping[str, Any]]) -> Tape:
        """A tape from the entries of its file."""
        if not isinstance(entries, list):
            raise TapeMiss("a tape is a list of entries")
        return cls(_read(number, entry) for number, entry in enumerate(entries, 1))

    def save(self, path: Path) -> None:
        """Write the tape, one exchange a line so that a change is readable."""
        lines = ",\n".join(json.dumps(_written(each)) for each in self.exchanges)
        path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")

    def find(self, request: httpx.Request) -> Exchange | None:
        """The exchange whose request this is."""
        return self._answers.get(key_of(request))

    def replacing(self, exchange: Exchange) -> Tape:
        """The tape with this answer instead of the one to the same request."""
        return Tape(
            exchange if each.request == exchange.request else each for each in self.exchanges
        )

    def player(self) -> Player:
        """A transport that plays this tape."""
        return Player(self)


class Player(httpx.BaseTransport):
    """Plays a tape. `asked` is what was asked so far, `missed` what went wrong, in words."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._lock = threading.Lock()
        self.asked: list[Exchange] = []
        self.missed: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer. Raises `TapeMiss`."""
        request.read()
        found = self._tape.find(request)
        with self._lock:
            if found is None:
                self._miss(f"not on the tape: {Exchange(*key_of(request))}")
            self.asked.append(found)
            if self.asked.count(found) > MOST_REPEATS:
                self._miss(f"asked more than {MOST_REPEATS} times, does it ever end? {found}")
        headers = {"content-type": _type_of(found), **found.headers}
        return httpx.Response(found.status, headers=headers, content=found.body, request=request)

    def demand_no_miss(self) -> None:
        """Raise `TapeMiss` again for a connector that swallowed it."""
        if self.missed:
            raise TapeMiss(self.missed[0])

    def _miss(self, text: str) -> NoReturn:
        self.missed.append(text)
        raise TapeMiss(text)


def key_of(request: httpx.Request) -> Request:
    """What tells a request from others."""
    params = tuple(sorted(request.url.params.multi_items()))
    return request.method, request.url.path, params, _sent(request.content)


def documents(exchange: Exchange) -> list[Any]:
    """The JSON of an answer: one document, or one a line; none for other text."""
    if not exchange.body.strip():
        return []
    try:
        return [json.loads(exchange.body)]
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in exchange.body.splitlines() if line.strip()]
    except ValueError:
        return []


def _sent(content: bytes) -> str:
    if not content:
        return ""
    try:
        return json.dumps(json.loads(content), sort_keys=True)
    except ValueError:
        return content.decode("utf-8", "replace")


def _read(number: int, entry: Mapping[str, Any]) -> Exchange:
    if not isinstance(entry, Mapping) or "path" not in entry:
        raise TapeMiss(f"entry {number} has no path")
    unknown = sorted(entry.keys() - _KEYS)
    if unknown:
        raise TapeMiss(f"entry {number} has {unknown[0]!r}; allowed: {', '.join(sorted(_KEYS))}")
    if ("json" in entry) == ("text" in entry):
        raise TapeMiss(f"entry {number} ({entry['path']}) needs either json or text")
    text = json.dumps(entry["json"]) if "json" in entry else str(entry["text"])
    return Exchange(
        str(entry.get("method", "GET")).upper(),
        str(entry["path"]),
        _params(entry.get("params") or {}),
        json.dumps(entry["sent"], sort_keys=True) if "sent" in entry else "",
        int(entry.get("status", 200)),
        dict(entry.get("headers") or {}),
        text.encode(),
    )


def _params(given: Mapping[str, Any]) -> Params:
    pairs = []
    for name, value in given.items():
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                pairs.append((name, str(each).lower() if isinstance(each, bool) else str(each)))
    return tuple(sorted(pairs))


def _written(exchange: Exchange) -> dict[str, Any]:
    entry: dict[str, Any] = {"method": exchange.method, "path": exchange.path}
    params: dict[str, Any] = {}
    for name, value in exchange.params:
        params.setdefault(name, []).append(value)
    if params:
        entry["params"] = {
            name: found[0] if len(found) == 1 else found for name, found in params.items()
        }
    if exchange.sent:
        entry["sent"] = json.loads(exchange.sent)
    if exchange.status != 200:
        entry["status"] = exchange.status
    if exchange.headers:
        entry["headers"] = dict(exchange.headers)
    try:
        entry["json"] = exchange.json
    except ValueError:
        entry["text"] = exchange.body.decode("utf-8", "replace")
    return entry


def _type_of(exchange: Exchange) -> str:
    return "text/html" if exchange.body.lstrip()[:1] == b"<" else "application/json"

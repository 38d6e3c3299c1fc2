"""Misbehaviour on request: what can go wrong between a client and a vendor.

A `Fault` says what happens, where and how often; `Faults` is the switchboard of one simulator.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply

Kind = Literal[
    "throttle", "status", "too_large", "cut", "silence", "slow", "html", "expired", "forbidden"
]
Where = Literal["before", "headers", "body"]
HTML = b"<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of misbehaviour.

    kind: throttle (429), status (any `status`), too_large (504 "upstream request timeout" for
    pages of more than `larger_than` rows), cut (the connection ends `where`: before any byte,
    after the headers, within the body), silence (accepted, never answered), slow (`seconds` of
    delay), html (200 with a web page), expired (the access token stops being valid), forbidden
    (403 with an empty text/html body).

    path: a shell pattern over the path. retry_after: the header's text ("7", "0", "abc"), or
    "date+30" for an HTTP date 30 seconds ahead; None leaves it out. after, times: skip the first
    matching requests, then misbehave so often (None: for ever). probability: of each of those.
    """

    kind: Kind
    path: str = "/api/*"
    status: int = 503
    retry_after: str | None = None
    larger_than: int = 100
    where: Where = "body"
    seconds: float = 1.0
    after: int = 0
    times: int | None = None
    probability: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"fault kind is {self.kind!r}; allowed: {', '.join(get_args(Kind))}")

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Fault:
        """A fault from plain values (CLI, control endpoint); ValueError names an unknown key."""
        known = [each.name for each in fields(cls)]
        unknown = set(values) - set(known)
        if unknown or "kind" not in values:
            raise ValueError(
                f"a fault has kind and optionally {', '.join(known[1:])}; came: {sorted(values)}"
            )
        return cls(**values)


class Faults:
    """The faults that are switched on. Decisions depend only on the seed and the requests."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 a drill wants repeatable dice
        self._active: list[_Active] = []
        self._guard = threading.Lock()

    def add(self, kind: Kind, **options: Any) -> Fault:
        """Switch one on; options are the fields of `Fault`."""
        fault = Fault(kind, **options)
        self.replace_with([*self.active, fault], keep=True)
        return fault

    def replace_with(self, faults: Iterable[Fault], *, keep: bool = False) -> None:
        """Switch exactly these on; `keep` the counts of those that stay."""
        with self._guard:
            old = {id(each.fault): each for each in self._active} if keep else {}
            self._active = [old.get(id(fault)) or _Active(fault) for fault in faults]

    def clear(self) -> None:
        """Switch all off."""
        self.replace_with(())

    @property
    def active(self) -> list[Fault]:
        """What is switched on."""
        return [each.fault for each in self._active]

    def meet(self, request: Request) -> Fault | None:
        """The fault that this request runs into, if any; the first one that strikes counts."""
        with self._guard:
            for each in self._active:
                if each.strikes(request, self._random):
                    return each.fault
        return None


class _Active:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.matched = 0
        self.struck = 0

    def strikes(self, request: Request, dice: random.Random) -> bool:
        fault = self.fault
        if not fnmatchcase(request.path, fault.path):
            return False
        if fault.kind == "too_large" and page_size(request) <= fault.larger_than:
            return False
        self.matched += 1
        if self.matched <= fault.after:
            return False
        if fault.times is not None and self.struck >= fault.times:
            return False
        if fault.probability < 1.0 and dice.random() >= fault.probability:
            return False
        self.struck += 1
        return True


def page_size(request: Request, default: int = 1000) -> int:
    """How many rows a request asks for."""
    asked = request.params.get("per_page") or request.params.get("page[size]") or ""
    return int(asked) if asked.isdigit() else default


def instead(fault: Fault, now: datetime) -> Reply | None:
    """The answer that a fault gives in place of the vendor's; None if the vendor answers."""
    match fault.kind:
        case "throttle":
            body = {
                "error": "APIRateLimitExceeded",
                "description": "Number of allowed API requests per minute exceeded",
            }
            return json_reply(body, 429, _retry_after(fault, now))
        case "status":
            broken = {"status": fault.status, "error": "Internal Server Error"}
            return json_reply(broken, fault.status, _retry_after(fault, now))
        case "too_large":
            return Reply(504, b"upstream request timeout", content_type="text/plain")
        case "html":
            return Reply(200, HTML, content_type="text/html; charset=utf-8")
        case "forbidden":
            return Reply(403, b"", content_type="text/html; charset=utf-8")
        case "silence":
            return Reply(mishap="silence")
        case _:
            return None


def spoil(fault: Fault, reply: Reply) -> Reply:
    """The vendor's answer as a fault lets it through."""
    match fault.kind, fault.where:
        case "slow", _:
            return replace(reply, delay=fault.seconds)
        case "cut", "before":
            return replace(reply, mishap="cut_before")
        case "cut", "headers":
            return replace(reply, mishap="cut_headers")
        case "cut", _:
            return replace(reply, mishap="cut_body")
        case _:
            return reply


def _retry_after(fault: Fault, now: datetime) -> dict[str, str]:
    text = fault.retry_after
    if text is None:
        return {}
    if text.startswith("date+"):
        text = format_datetime(now + timedelta(seconds=float(text[5:])), usegmt=True)
    return {"Retry-After": text}

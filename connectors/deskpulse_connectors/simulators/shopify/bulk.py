"""Bulk operations: an export is asked for, takes its time, and becomes a file elsewhere."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from deskpulse_connectors.simulators.exchange import Reply, Request
from deskpulse_connectors.simulators.shopify.shop import iso

End = Literal["COMPLETED", "FAILED", "CANCELED", "EXPIRED"]
LINK_LIVES_S = 7 * 86_400
LINES = Callable[[str], list[dict[str, Any]]]


@dataclass(slots=True)
class Job:
    """One operation. `polls` is how often it is seen before it ends."""

    id: str
    query: str
    created: int
    polls: int
    end: End
    error: str | None
    lines: list[bytes] = field(default_factory=list)
    completed: int | None = None
    told: int | None = None
    """The `objectCount` that is told, where it is not the number of lines."""

    @property
    def status(self) -> str:
        """As the vendor names it."""
        if self.completed is not None:
            return self.end
        return "CREATED" if self.polls > 1 else "RUNNING"


class Bulk:
    """The operations of an app in a shop; at most `concurrent` at once.

    `polls`, `end`, `error` and `told` are what the next operations will do; `lost_lines` of their
    lines are left out of their files, and `cut_bytes` of their ends. `sizes_parts`: the file that a
    failed one leaves has a size.
    """

    def __init__(self, lines: LINES, *, concurrent: int) -> None:
        self._lines = lines
        self.concurrent = concurrent
        self.polls = 2
        self.end: End = "COMPLETED"
        self.error: str | None = None
        self.lost_lines = 0
        self.cut_bytes = 0
        self.sizes_parts = True
        self.jobs: dict[str, Job] = {}
        self.files = Files()

    def run(self, query: str, now: int) -> tuple[Job | None, list[dict[str, Any]]]:
        """Begin; the job, or the `userErrors`."""
        running = [job for job in self.jobs.values() if job.completed is None]
        if len(running) >= self.concurrent:
            text = (
                "A bulk query operation for this app and shop is already in progress: "
                f"{running[0].id}."
            )
            return None, [{"field": None, "message": text, "code": "OPERATION_IN_PROGRESS"}]
        if not re.search(r"\b(edges|nodes)\b", query):
            text = "The query must contain at least one connection"
            return None, [{"field": ["query"], "message": text, "code": "INVALID"}]
        ident = f"gid://shopify/BulkOperation/{9_007_199_254_750_000 + len(self.jobs)}"
        job = Job(ident, query, now, self.polls, self.end, self.error)
        job.lines = [orjson.dumps(line) for line in self._lines(query)]
        self.jobs[ident] = job
        return job, []

    def look(self, ident: str, now: int, host: str) -> dict[str, Any] | None:
        """The operation as a query sees it; looking at it is what lets it go on."""
        job = self.jobs.get(ident)
        if job is None:
            return None
        if job.completed is None:
            if job.polls <= 0:
                job.completed = now
            job.polls -= 1
        return self.shown(job, host, now)

    def shown(self, job: Job, host: str, now: int) -> dict[str, Any]:
        """The fields of the operation; large numbers are text."""
        done = job.completed is not None
        whole = done and job.end == "COMPLETED" and now < (job.completed or 0) + LINK_LIVES_S
        partial = done and job.end == "FAILED"
        lines = job.lines[: len(job.lines) // 2] if partial else job.lines
        kept = lines[: len(lines) - self.lost_lines] if self.lost_lines else lines
        body = b"".join(line + b"\n" for line in kept)
        body = body[: len(body) - self.cut_bytes]
        count = (len(lines) if job.told is None else job.told) if done else len(lines) // 3
        link = f"{host}{self.files.put(job.id, body, now)}" if body and (whole or partial) else None
        return {
            "id": job.id,
            "status": job.status,
            "type": "QUERY",
            "query": job.query,
            "errorCode": job.error if done else None,
            "createdAt": iso(job.created),
            "completedAt": iso(job.completed) if whole and job.completed else None,
            "objectCount": str(count),
            "rootObjectCount": str(sum(b"__parentId" not in line for line in lines)),
            "fileSize": str(len(body)) if link and (whole or self.sizes_parts) else None,
            "url": link if whole else None,
            "partialDataUrl": link if partial else None,
        }


class Files:
    """Another host with signed links; it refuses requests that bring credentials."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[bytes, str]] = {}
        self.asked: list[Request] = []
        self.expired = False
        self.knows_ranges = True

    def put(self, ident: str, body: bytes, now: int) -> str:
        """Keep a file; its path with a signature."""
        path = f"/bulk/{hashlib.sha256(ident.encode()).hexdigest()[:16]}.jsonl"
        known = self._kept.get(path)
        signature = known[1] if known else secrets.token_hex(8)
        self._kept[path] = (body, signature)
        return f"{path}?Expires={now + LINK_LIVES_S}&Signature={signature}"

    def date(self) -> str:
        """No clock of its own."""
        return "Thu, 01 Jan 1970 00:00:00 GMT"

    def answer(self, request: Request) -> Reply:
        """The file, or a part of it."""
        self.asked.append(request)
        if {"x-shopify-access-token", "authorization"} & set(request.headers):
            return _xml(400, "InvalidArgument")
        body, signature = self._kept.get(request.path, (b"", ""))
        if self.expired or not signature or request.params.get("Signature") != signature:
            return _xml(403, "ExpiredToken" if self.expired else "SignatureDoesNotMatch")
        part = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", ""))
        if part is None or not self.knows_ranges:
            return Reply(200, body, content_type="application/jsonl")
        first, last = int(part[1]), min(int(part[2]), len(body) - 1)
        if first >= len(body):
            return _xml(416, "InvalidRange")
        span = {"Content-Range": f"bytes {first}-{last}/{len(body)}"}
        return Reply(206, body[first : last + 1], span, content_type="application/jsonl")


def _xml(status: int, code: str) -> Reply:
    text = f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>"
    return Reply(status, text.encode(), content_type="application/xml")

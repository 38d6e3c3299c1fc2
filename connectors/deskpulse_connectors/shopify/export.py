"""The past in one file: a bulk operation, its states, and its lines, part by part.

The file lies on another host behind a signed link, which is asked for anew in every run and never
stored. Its lines are counted: a file that holds fewer than Shopify counted is never taken for all.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from deskpulse.connector import Page
from deskpulse.errors import (
    CursorExpired,
    RateLimited,
    RequestRefused,
    SourceChanged,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse_connectors.shopify.place import Place
from deskpulse_connectors.shopify.queries import GLANCE, LOOK, START, stamp
from deskpulse_connectors.shopify.windows import Ask

PART = 2_000_000
"""Bytes of the file in a page."""

RUNNING = frozenset({"CREATED", "RUNNING", "CANCELING"})
ENDED_BADLY = frozenset({"FAILED", "CANCELED"})
COME_BACK_S = 60.0

log = logging.getLogger("deskpulse.shopify")


@dataclass(frozen=True, slots=True)
class Export:
    """One stream's export. `query` is its text, `fetch` reads a part of a file by its link."""

    ask: Ask
    fetch: Callable[[str, int, int], bytes]
    query: str
    name: str
    part: int

    def pages(self, place: Place) -> Iterator[Page]:
        """The rest of the export; the last cursor is where pages go on.

        An export that failed gives what it has, and everything is read page by page then.
        """
        if not place.job:
            job = self._started()
            since = stamp(datetime.fromisoformat(_text(job, "createdAt")))
            place = replace(place, job=_text(job, "id"), since=since)
            yield Page([], place.text)
        job = self._ended(place.job)
        status = job.get("status")
        if status == "COMPLETED":
            yield from self._lines(job, place, job.get("url"))
            return
        if status not in ENDED_BADLY:
            raise CursorExpired(f"{self.name}: the export is {status}; it is begun anew")
        if job.get("errorCode") == "ACCESS_DENIED":
            raise StreamForbidden(
                f"{self.name}: Shopify denied the export", hint="Check the app's access scopes."
            )
        log.warning(
            "%s: the export %s (%s); going on page by page",
            self.name, str(status).lower(), job.get("errorCode"),
        )  # fmt: skip
        yield from self._rest_of(job, place)

    # --- the operation -----------------------------------------------------------------------

    def _started(self) -> Mapping[str, Any]:
        """Begin, or find that it was begun already: an answer may have been cut."""
        answer = self.ask(START, "bulkOperationRunQuery", {"query": self.query})
        if not isinstance(answer, Mapping):
            raise SourceChanged(f"{self.name}: the export was answered without a payload")
        problems = answer.get("userErrors") or []
        if problems:
            said = "; ".join(str(each.get("message")) for each in problems)
            running = re.search(r"gid://shopify/BulkOperation/\d+", said)
            if running is None:
                raise RequestRefused(f"{self.name}: Shopify refuses the export: {said}")
            other = self._look(running[0], waits=False)
            if other is None or other.get("query") != self.query:
                raise RateLimited(
                    f"{self.name}: another export is running in this shop",
                    retry_after=COME_BACK_S,
                    hint="Nothing to do: the next run asks again.",
                )
            return other
        job = answer.get("bulkOperation")
        if not isinstance(job, Mapping):
            raise SourceChanged(f"{self.name}: the export was answered without a bulkOperation")
        return job

    def _ended(self, ident: str) -> Mapping[str, Any]:
        """The operation once it has ended; core waits while it is prepared."""
        job = self._look(ident, waits=True)
        if job is None:
            raise CursorExpired(f"{self.name}: Shopify no longer knows the export")
        return job

    def _look(self, ident: str, *, waits: bool) -> Mapping[str, Any] | None:
        job = self.ask(*((LOOK, "node") if waits else (GLANCE, "job")), {"id": ident})
        if job is not None and not isinstance(job, Mapping):
            raise SourceChanged(f"{self.name}: the export is {type(job).__name__}")
        return job

    # --- its file ----------------------------------------------------------------------------

    def _lines(self, job: Mapping[str, Any], place: Place, link: Any) -> Iterator[Page]:
        after = Place("pages", since=place.since)
        expected = _count(job, "objectCount")
        if not isinstance(link, str):
            if expected:
                raise CursorExpired(f"{self.name}: the export is too old; it is begun anew")
            yield Page([], after.text)
            return
        end = _count(job, "fileSize")
        while place.at < end:
            rows, size = self._part(link, place.at, end)
            place = replace(place, at=place.at + size, lines=place.lines + len(rows))
            last = place.at >= end
            if last and place.lines != expected:
                raise SourceChanged(
                    f"{self.name}: Shopify counted {expected:,} objects, its file holds "
                    f"{place.lines:,}; nothing is taken for complete",
                    hint='Run it again; if it stays, set backfill = "pages" and report this.',
                )
            yield Page(rows, after.text if last else place.text, vendor_count=len(rows))

    def _rest_of(self, job: Mapping[str, Any], place: Place) -> Iterator[Page]:
        """What a failed export left, as far as it can be read: pages bring all of it again."""
        link, size = job.get("partialDataUrl"), str(job.get("fileSize"))
        end = int(size) if isinstance(link, str) and size.isdigit() else 0
        try:
            while place.at < end:
                rows, read = self._part(str(link), place.at, end)
                place = replace(place, at=place.at + read)
                yield Page(rows, place.text, vendor_count=len(rows))
        except (SourceChanged, SourceUnavailable) as problem:
            log.warning("%s: what the export left cannot be read: %s", self.name, problem.message)
        yield Page([], Place("pages").text)

    def _part(self, link: str, at: int, end: int) -> tuple[list[Any], int]:
        """Whole lines from byte `at` on, and how many bytes they are."""
        wanted = min(self.part, end - at)
        try:
            body = self.fetch(link, at, wanted)
        except (StreamForbidden, RequestRefused) as problem:
            raise SourceUnavailable(
                f"{self.name}: the link to the export is no longer good ({problem.status})",
                hint="Nothing to do: the next run asks for a new link.",
            ) from None
        if len(body) != wanted:
            raise SourceUnavailable(
                f"{self.name}: {len(body):,} of {wanted:,} bytes of the export arrived"
            )
        size = wanted if at + wanted == end else body.rfind(b"\n") + 1
        if size == 0:
            raise SourceChanged(
                f"{self.name}: a line of the export is longer than {wanted:,} bytes"
            )
        return [self._line(line) for line in body[:size].split(b"\n") if line.strip()], size

    def _line(self, line: bytes) -> Any:
        try:
            return orjson.loads(line)
        except orjson.JSONDecodeError:
            raise SourceChanged(f"{self.name}: a line of the export is no JSON") from None


def _text(job: Mapping[str, Any], key: str) -> str:
    value = job.get(key)
    if not isinstance(value, str) or not value:
        raise SourceChanged(f"the export has no {key}, which Shopify always sent")
    return value


def _count(job: Mapping[str, Any], key: str) -> int:
    try:
        return int(job[key])
    except (KeyError, TypeError, ValueError):
        raise SourceChanged(f"{key} of the export is {job.get(key)!r}, not a number") from None

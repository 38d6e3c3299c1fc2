"""From a page's raw records to ours: one bad record never loses its page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from deskpulse.connector import Page, Stream
from deskpulse.errors import RecordRejected, SourceChanged
from deskpulse.privacy.erased import MASKED
from deskpulse.records import Record
from deskpulse.store.store import raw_json

SUSPECT = 10
"""From this many records on, a page of which more than half is bad means a changed shape."""


@dataclass(slots=True)
class Parsed:
    """A page's records, and (fingerprint, error, raw) of those that were rejected."""

    records: list[Record] = field(default_factory=list)
    rejected: list[tuple[str, str, str | None]] = field(default_factory=list)


def parse_page(
    stream: Stream,
    page: Page,
    *,
    keep_raw: bool,
    masks: Callable[[Any], bool] = lambda _: False,
    clean: Callable[[str], str] = str,
) -> Parsed:
    """Parse every raw record; raises `SourceChanged` if most of a large page is bad.

    A `tolerant` stream goes on whatever its records are. Of a rejected record that `masks` is true
    of nothing is told; what is told of others goes through `clean`.
    """

    def _reject(raw: Any, error: str) -> tuple[str, str, str | None]:
        text = raw_json(raw)
        fingerprint = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
        if masks(raw) or masks(error):
            return fingerprint, MASKED, None
        return fingerprint, clean(error), clean(text) if keep_raw else None

    parsed = Parsed()
    for raw in page.records:
        try:
            _add(parsed.records, stream.parse(raw))
        except RecordRejected as problem:
            parsed.rejected.append(_reject(raw, problem.message))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as problem:
            # the record lacks what the connector relies on
            text = f"{type(problem).__name__}: {problem}"
            parsed.rejected.append(_reject(raw, text[:300]))
    if stream.tolerant:
        return parsed
    if len(page.records) >= SUSPECT and 2 * len(parsed.rejected) > len(page.records):
        raise SourceChanged(
            f"{len(parsed.rejected)} of {len(page.records)} records of {stream.name} cannot be "
            f"read; the first: {parsed.rejected[0][1]}"
        )
    return parsed


def _add(records: list[Record], given: Record | Iterable[Record] | None) -> None:
    if isinstance(given, Record):
        records.append(given)
    elif given is not None:
        # all records of one raw record, or none
        records.extend(list(given))

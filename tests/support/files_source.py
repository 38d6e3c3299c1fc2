"""Builds a files source in a test's folder and reads it as the sync engine would."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from deskpulse.clock import SystemClock
from deskpulse.errors import RecordRejected
from deskpulse.records import Record
from deskpulse_connectors.files import FilesConnector


@dataclass
class Read:
    """What one sync would store, what it would refuse, and the cursor after it."""

    records: list[Record] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    cursor: str | None = None
    pages: list[tuple[int, str | None]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [record.id for record in self.records]

    def of(self, kind: str) -> list[Any]:
        return [record for record in self.records if record.kind_name == kind]


def files_source(base: Path, **settings: Any) -> FilesConnector:
    config = FilesConnector.Config.model_validate(settings, context={"base": base})
    return FilesConnector(config, None, SystemClock(), "export")


def read(connector: FilesConnector, cursor: str | None = None, stream: int = 0) -> Read:
    found = connector.streams()[stream]
    result = Read(cursor=cursor)
    for page in found.pull(cursor):
        assert page.cursor != result.cursor, "a page must bring the cursor on"
        for raw in page.records:
            try:
                parsed = found.parse(raw)
            except RecordRejected as problem:
                result.rejected.append(problem.message)
            else:
                assert isinstance(parsed, Record)
                result.records.append(parsed)
        result.cursor = page.cursor
        result.pages.append((len(page.records), page.cursor))
    return result


def kept_aside(base: Path) -> list[dict[str, Any]]:
    path = base / "rejects" / "export.rejects.ndjson"
    return [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []

"""The connector `files`: one stream a table, each page with the records of some rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from deskpulse.connector import Connector, Page, Stream
from deskpulse.errors import RecordRejected, SourceUnavailable
from deskpulse.records import Record
from deskpulse_connectors.files.cases import load_cases
from deskpulse_connectors.files.cursors import FilesCursor, Progress
from deskpulse_connectors.files.inputs import UNREADABLE, Input, find, members, name_of
from deskpulse_connectors.files.loading import Batch, Item, load_rows
from deskpulse_connectors.files.reading import grows
from deskpulse_connectors.files.rejects import Rejected, Rejects
from deskpulse_connectors.files.settings import FilesConfig, Table, stream_name

FORM = 1
"""Raised when the same files give other records than before, so that all are read anew."""


class FilesConnector(Connector):
    """Reads NDJSON, CSV and Parquet: our own records, other tables by a mapping, event logs.

    A page's raw records are finished records or `Rejected` rows: rejected rows must be known where
    they are read, since they are kept aside there with file and line.
    """

    name: ClassVar[str] = "files"
    exempt: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "contract": "The contract plays HTTP answers; tests/files cuts, grows, replaces files.",
            "resume": "Tests of its own resume from every cursor: a place in a file is no instant.",
            "tape": "There is nobody to record: the tests write the files that they read.",
            "server": "There is no server: the tests read real files, of every form.",
            "page": "Files need no sign-in: whoever may read the folder may read them.",
            "limits": "Files have no vendor who limits how fast they are read.",
            "deletes": "Files of tombstones are read; a row that is missing says nothing.",
        }
    )

    class Config(FilesConfig):
        """See `FilesConfig`."""

    def streams(self) -> list[Stream]:
        """One stream a table, in the order of the configuration."""
        return [
            Stream(
                stream_name(table),
                partial(self._pull, table),
                opened,
                help=table.path,
                tolerant=True,
            )
            for table in self.config.tables
        ]

    def warnings(self) -> list[str]:
        """Patterns that match no file now."""
        return [
            f"{stream_name(table)}: no file matches {table.path}"
            for table in self.config.tables
            if not find(table.path)
        ]

    def _pull(self, table: Table, cursor: str | None) -> Iterator[Page]:
        paths = find(table.path)
        if not paths and cursor is None:
            raise SourceUnavailable(
                f"no file matches {table.path}",
                hint="Check path in the configuration, and that this user may read the folder.",
            )
        state = FilesCursor.read(cursor, _digest(table))
        last = cursor
        for page in self._pages(table, paths, state):
            last = page.cursor
            yield page
        if state.text() != last:
            yield Page([], state.text())

    def _pages(self, table: Table, paths: Sequence[Path], state: FilesCursor) -> Iterator[Page]:
        rejects = Rejects(
            _rejects_file(self.config, self.source), stream_name(table), self.names_erased
        )
        present = []
        for path in paths:
            try:
                inputs = members(table.path, path)
            except UNREADABLE as problem:
                yield _refusal(name_of(table.path, path), 1, problem, rejects, state)
                continue
            for source in inputs:
                present.append(source.name)
                yield from _file(source, table, state, rejects)
        state.keep_only(present)

    @classmethod
    def forget(cls, config: FilesConfig, source: str, named: Callable[[Any], bool]) -> int:
        """Drop rejected rows that name somebody. The files that are read stay as they are."""
        return Rejects(_rejects_file(config, source)).drop(named)


def _rejects_file(config: FilesConfig, source: str) -> Path:
    safe = re.sub(r"[^\w.-]", "_", source)
    return Path(config.rejects) / f"{safe}.rejects.ndjson"


def opened(item: Item) -> Record:
    """The record of a row. Raises `RecordRejected` for a row that was kept aside."""
    if isinstance(item, Rejected):
        raise RecordRejected(item.text)
    return item


def _file(source: Input, table: Table, state: FilesCursor, rejects: Rejects) -> Iterator[Page]:
    line = 1
    try:
        progress = Progress(source.path, state.files.get(source.name), grows=grows(source, table))
        start = progress.start
        if start is not None:
            line = start.line
            rejects.forget(source.name, line)
            load: Callable[..., Iterator[Batch]] = (
                load_cases if table.kind == "events" else load_rows
            )
            for items, position in load(source, table, start):
                state.files[source.name] = progress.reach(position)
                line = position.line
                if items:
                    yield _page(items, rejects, state)
            progress.finish()
        state.files[source.name] = progress.seen
    except UNREADABLE as problem:
        # not marked as read: it is tried, and reported, until it is repaired or gone
        yield _refusal(source.name, line, problem, rejects, state)


def _page(items: list[Item], rejects: Rejects, state: FilesCursor) -> Page:
    rejects.add(item for item in items if isinstance(item, Rejected))
    state.page += 1
    return Page(items, state.text())


def _refusal(
    name: str, line: int, problem: Exception, rejects: Rejects, state: FilesCursor
) -> Page:
    text = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    rejects.forget(name, line)
    return _page([Rejected(name, line, f"the file cannot be read on: {text}")], rejects, state)


def _digest(table: Table) -> str:
    settings = f"{FORM}{table.model_dump_json(exclude={'path', 'name'})}"
    return hashlib.blake2b(settings.encode(), digest_size=8).hexdigest()

"""Finds the files of a pattern, and opens them, unpacked where they are compressed."""

from __future__ import annotations

import glob
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, cast

from deskpulse.errors import SourceUnavailable
from deskpulse_connectors.files.settings import Format

SUFFIXES: dict[str, Format] = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}


class Unreadable(Exception):
    """A whole file cannot be used: what is wrong, and what to do."""


UNREADABLE = (Unreadable, OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)
"""What opening and unpacking a damaged file may raise."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file, or one member of a ZIP file. `name` is relative to the pattern's folder."""

    name: str
    path: Path
    member: str = ""

    @property
    def inner(self) -> PurePath:
        """The name that says form and kind: without `.gz`, inside the ZIP file."""
        name = PurePath(self.member or self.path.name)
        return name.with_suffix("") if name.suffix.lower() == ".gz" else name

    @property
    def packed(self) -> bool:
        """Whether the file is compressed."""
        return bool(self.member) or self.path.suffix.lower() == ".gz"

    def format(self, told: Format | None) -> Format:
        """The form of the file: as told, or by its suffix. Raises `Unreadable` if neither says."""
        found = told or SUFFIXES.get(self.inner.suffix.lower())
        if found is None:
            raise Unreadable(f"its suffix says nothing; set format, or use {', '.join(SUFFIXES)}")
        return found

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes, unpacked. Raises one of `UNREADABLE`."""
        with ExitStack() as stack:
            if self.member:
                archive = stack.enter_context(zipfile.ZipFile(self.path))
                yield stack.enter_context(archive.open(self.member))
            elif self.path.suffix.lower() == ".gz":
                yield cast("IO[bytes]", stack.enter_context(gzip.open(self.path)))
            else:
                yield stack.enter_context(self.path.open("rb"))


def find(pattern: str) -> list[Path]:
    """The files of a pattern, by name. Raises `SourceUnavailable` for a folder."""
    if Path(pattern).is_dir():
        raise SourceUnavailable(
            f"{pattern} is a folder", hint=f"Name its files, such as {pattern}/*.csv."
        )
    if Path(pattern).is_file():  # also when its name holds [ or *
        return [Path(pattern)]
    found = (Path(name) for name in glob.glob(pattern, recursive=True))  # noqa: PTH207  Path.glob takes no absolute pattern
    return sorted(path for path in found if path.is_file())


def members(pattern: str, path: Path) -> list[Input]:
    """The inputs in one file: itself, or the data in a ZIP file. Raises one of `UNREADABLE`."""
    name = name_of(pattern, path)
    if path.suffix.lower() != ".zip":
        return [Input(name, path)]
    with zipfile.ZipFile(path) as archive:
        held = [
            item.filename
            for item in archive.infolist()
            if PurePath(item.filename).suffix.lower() in SUFFIXES
            and not item.filename.startswith("__MACOSX/")
        ]
    if not held:
        raise Unreadable(f"the ZIP file holds none of {', '.join(SUFFIXES)}")
    if len(held) == 1:
        return [Input(name, path, held[0])]
    return [Input(f"{name}/{member}", path, member) for member in sorted(held)]


def name_of(pattern: str, path: Path) -> str:
    """A file's name in errors and cursors: its path below the folder where the stars begin."""
    if str(path) == pattern:
        return path.name
    fixed = Path(pattern).parent
    while glob.has_magic(str(fixed)):
        fixed = fixed.parent
    return path.relative_to(fixed).as_posix()

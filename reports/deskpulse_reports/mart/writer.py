"""Write facts as Parquet files: whole months as the base, fresh rows as an overlay."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from deskpulse_reports.mart.manifest import Manifest
from deskpulse_reports.mart.parts import Part, parts_of

FOLD_AT = 20_000
"""Owners in the overlay beyond which they are folded into their months."""
FOLD_SHARE = 0.05
"""... unless that is less than this share of all owners."""
KEEP_S = 3600
"""Files of older snapshots stay this long for readers that are still at them."""

NO_MONTH = "none"
MANY_RUNS = 100
"""Ids mostly rise with time, so that the rows of a month are few slices, which copy nothing.

Beyond so many the rows are brought into order first.
"""
KEYS = ("source", "id")
Facts = Mapping[str, pl.DataFrame]
"""Fact frames by part."""
Files = dict[str, dict[str, list[str]]]
"""Names of files by part and month."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Facts, and source and id of the owners they were derived for, with rows or without."""

    facts: Facts
    keys: pl.DataFrame


@dataclass(frozen=True, slots=True)
class MartWriter:
    """Writes into `folder`; the caller holds the mart's lease.

    Each method returns another manifest, and leaves all files of the one it was given.
    """

    folder: Path

    def base(self, manifest: Manifest, owner: str, pieces: Iterable[Piece]) -> Manifest:
        """The manifest with these as all rows of an owner; two pieces are in memory at a time."""
        found: Files = {part.name: {} for part in parts_of(owner)}
        with ThreadPoolExecutor(1, "write") as thread:  # while the next piece is made
            writing: Future[None] | None = None
            for piece in pieces:
                if writing is not None:
                    writing.result()
                writing = thread.submit(self._add, owner, piece.facts, found)
                del piece  # or it would still be there while the next one is made
            if writing is not None:
                writing.result()
        base = {
            part: {month: tuple(names) for month, names in sorted(months.items())}
            for part, months in found.items()
        }
        return _without_overlay(replace(manifest, base={**manifest.base, **base}), owner)

    def overlay(self, manifest: Manifest, owner: str, piece: Piece) -> Manifest:
        """The manifest with this piece on top of what there was of its owners."""
        keys = piece.keys.select(KEYS)
        fresh = {}
        for part in parts_of(owner):
            frame = piece.facts[part.name]
            if part.name in manifest.overlay:
                older = pl.read_parquet(self.folder / manifest.overlay[part.name])
                frame = pl.concat([_without(older, part, keys), frame], how="diagonal_relaxed")
            fresh[part.name] = frame
        if owner in manifest.keys:
            older = pl.read_parquet(self.folder / manifest.keys[owner])
            keys = pl.concat([older, keys]).unique(KEYS)
        if keys.height > max(FOLD_AT, FOLD_SHARE * manifest.counts.get(owner, 0)):
            return self._fold(manifest, owner, fresh, keys)
        written = {
            name: self._write(name, frame, "overlay")
            for name, frame in fresh.items()
            if frame.height
        }
        bare = _without_overlay(manifest, owner)
        return replace(
            bare,
            overlay={**bare.overlay, **written},
            keys={**bare.keys, owner: self._write("keys", keys, owner)},
        )

    def _add(self, owner: str, facts: Facts, files: Files) -> None:
        """Write a piece's rows, and add the names of their files by part and month."""
        for part, month, rows in _by_month(owner, facts):
            files[part.name].setdefault(month, []).append(self._write(part.name, rows, month))

    def _fold(self, manifest: Manifest, owner: str, fresh: Facts, keys: pl.DataFrame) -> Manifest:
        """Rewrite the months that hold rows of these owners, before or now."""
        base = {part: dict(months) for part, months in manifest.base.items()}
        months: dict[str, dict[str, pl.DataFrame]] = {}
        for part, month, rows in _by_month(owner, fresh):
            months.setdefault(part.name, {})[month] = rows
        for part in parts_of(owner):
            stored, now = base.setdefault(part.name, {}), months.get(part.name, {})
            for month in sorted({*stored, *now}):
                names = stored.get(month, ())
                if month not in now and not self._holds(names, part, keys):
                    continue
                older = [pl.read_parquet(self.folder / name) for name in names]
                frames = [_without(frame, part, keys) for frame in older]
                frames += [now[month]] if month in now else []
                frame = pl.concat(frames, how="diagonal_relaxed")
                stored.pop(month, None)
                if frame.height:
                    stored[month] = (self._write(part.name, frame, month),)
        return _without_overlay(replace(manifest, base=base), owner)

    def _holds(self, names: Iterable[str], part: Part, keys: pl.DataFrame) -> bool:
        """Whether any of these files has a row of these owners."""
        paths = [self.folder / name for name in names]
        columns = pl.read_parquet(paths, columns=["source", part.key])
        return columns.height > _without(columns, part, keys).height

    def _write(self, folder: str, frame: pl.DataFrame, name: str) -> str:
        name = f"{folder}/{name}-{uuid.uuid4().hex[:12]}.parquet"
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(path, compression="lz4", row_group_size=122_880)
        return name

    def collect(self, manifest: Manifest, *, keep_s: float = KEEP_S) -> None:
        """Delete files that no snapshot needs any more: orphans of crashes and old versions."""
        needed = manifest.files()
        for path in self.folder.glob("*/*.parquet"):
            if str(path.relative_to(self.folder)) not in needed:
                with suppress(FileNotFoundError):
                    if not keep_s or time.time() - path.stat().st_mtime > keep_s:
                        path.unlink()


def _without_overlay(manifest: Manifest, owner: str) -> Manifest:
    names = {part.name for part in parts_of(owner)}
    return replace(
        manifest,
        overlay={name: file for name, file in manifest.overlay.items() if name not in names},
        keys={each: file for each, file in manifest.keys.items() if each != owner},
    )


def _without(frame: pl.DataFrame, part: Part, keys: pl.DataFrame) -> pl.DataFrame:
    return frame.join(
        keys.rename({"id": part.key}), on=["source", part.key], how="anti", nulls_equal=True
    )


def _by_month(owner: str, facts: Facts) -> Iterator[tuple[Part, str, pl.DataFrame]]:
    """The rows of every part by month; those of tickets by the month their ticket was created.

    Where they stand together they are not copied: that would take the memory of all rows again.
    """
    of_ticket = None
    if owner == "ticket":
        of_ticket = facts["tickets"].select("source", "ticket_id", month=_month("created_at"))
    for part in parts_of(owner):
        rows = facts[part.name]
        if of_ticket is not None:
            key = ["source", "ticket_id"]
            months = rows[key].join(of_ticket, on=key, how="left", maintain_order="left")["month"]
        else:
            every = pl.repeat("all", pl.len())
            months = rows.select(month=_month(part.month) if part.month else every)["month"]
        months = months.fill_null(NO_MONTH)
        runs = months.rle()
        if len(runs) > MANY_RUNS:
            order = months.arg_sort()
            rows, runs = rows[order], months[order].rle()
        for month, places in _places(runs).items():
            yield part, month, pl.concat([rows.slice(*place) for place in places])


def _places(runs: pl.Series) -> dict[str, list[tuple[int, int]]]:
    """Where the rows of each month are, run by run: the first row and how many."""
    found: dict[str, list[tuple[int, int]]] = {}
    first = 0
    for month, size in runs.struct.unnest().select("value", "len").iter_rows():
        found.setdefault(month, []).append((first, size))
        first += size
    return dict(sorted(found.items()))


def _month(instant: str) -> pl.Expr:
    return pl.from_epoch(instant, time_unit="us").dt.strftime("%Y-%m")

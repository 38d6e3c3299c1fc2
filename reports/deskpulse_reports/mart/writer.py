"""Write facts as Parquet files: whole months as the base, fresh rows as an overlay."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.mart.manifest import Manifest

KEY = ("source", "ticket_id")
FOLD_AT = 20_000
"""Overlay tickets beyond which they are folded into their months."""
FOLD_SHARE = 0.05
"""... unless that is less than this share of all tickets."""
KEEP_S = 3600
"""Files of older snapshots stay this long for readers that are still at them."""

Facts = Mapping[str, pl.DataFrame]
"""Fact frames by table name."""


@dataclass(frozen=True, slots=True)
class MartWriter:
    """Writes into `folder`; the caller holds the mart's lease."""

    folder: Path

    def base(self, parts: Iterable[Facts]) -> dict[str, dict[str, tuple[str, ...]]]:
        """Write every part's rows by creation month; one part is in memory at a time."""
        found: dict[str, dict[str, list[str]]] = {table: {} for table in _stored()}
        for facts in parts:
            for month, tables in _by_month(facts):
                for table, frame in tables.items():
                    if frame.height:
                        name = self._write(table, frame, month)
                        found[table].setdefault(month, []).append(name)
        return {
            table: {month: tuple(names) for month, names in sorted(months.items())}
            for table, months in found.items()
        }

    def overlay(self, manifest: Manifest, facts: Facts, dirty: pl.DataFrame) -> Manifest:
        """The manifest with `facts` on top; `dirty` are the keys derived, gone tickets included."""
        keys = dirty.select(KEY)
        tables: dict[str, pl.DataFrame] = {}
        for table in _stored():
            frame = facts[table]
            if table in manifest.overlay:
                older = pl.read_parquet(self.folder / manifest.overlay[table])
                frame = pl.concat([_without(older, keys), frame], how="diagonal_relaxed")
            tables[table] = frame
        if manifest.overlay_keys:
            older = pl.read_parquet(self.folder / manifest.overlay_keys)
            keys = pl.concat([older, keys]).unique(KEY)
        if keys.height > max(FOLD_AT, FOLD_SHARE * manifest.tickets):
            return self._fold(manifest, tables, keys)
        return replace(
            manifest,
            overlay={
                table: self._write(table, frame, "overlay") for table, frame in tables.items()
            },
            overlay_keys=self._write("keys", keys, "overlay"),
            overlay_tickets=keys.height,
        )

    def _fold(self, manifest: Manifest, tables: Facts, keys: pl.DataFrame) -> Manifest:
        """Rewrite the months that hold these tickets, before or now."""
        fresh = dict(_by_month(tables))
        base = {table: dict(months) for table, months in manifest.base.items()}
        affected = set(fresh)
        for month, names in base["tickets"].items():
            stored = pl.read_parquet([self.folder / name for name in names], columns=list(KEY))
            if stored.join(keys, on=KEY, how="semi").height:
                affected.add(month)
        for month in sorted(affected):
            for table in _stored():
                names = base[table].pop(month, ())
                frames = [_without(pl.read_parquet(self.folder / name), keys) for name in names]
                if month in fresh:
                    frames.append(fresh[month][table])
                frame = pl.concat(frames, how="diagonal_relaxed") if frames else None
                if frame is not None and frame.height:
                    base[table][month] = (self._write(table, frame, month),)
        return replace(manifest, base=base, overlay={}, overlay_keys="", overlay_tickets=0)

    def _write(self, table: str, frame: pl.DataFrame, month: str) -> str:
        name = f"{table}/{month}-{uuid.uuid4().hex[:12]}.parquet"
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(path, compression="zstd", compression_level=1, row_group_size=122_880)
        return name

    def collect(self, manifest: Manifest) -> None:
        """Delete files that no snapshot needs any more: orphans of crashes and old versions."""
        needed = manifest.files()
        for path in self.folder.glob("*/*.parquet"):
            if str(path.relative_to(self.folder)) not in needed:
                with suppress(FileNotFoundError):
                    if time.time() - path.stat().st_mtime > KEEP_S:
                        path.unlink()


def _stored() -> list[str]:
    return [table for table in TABLES if table != "days"]


def _without(frame: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    return frame.join(keys, on=KEY, how="anti", nulls_equal=True)


def _by_month(facts: Facts) -> Iterable[tuple[str, dict[str, pl.DataFrame]]]:
    """The rows of every table by their ticket's creation month; surveys without ticket: `none`."""
    month = pl.from_epoch("created_at", time_unit="us").dt.strftime("%Y-%m").alias("month")
    of_ticket = facts["tickets"].select(*KEY, month)
    split: dict[str, dict[str, pl.DataFrame]] = {}
    for table in _stored():
        frame = (
            facts[table]
            .join(of_ticket, on=KEY, how="left")
            .with_columns(pl.col("month").fill_null("none"))
        )
        for (name,), rows in frame.partition_by("month", as_dict=True, include_key=False).items():
            split.setdefault(str(name), {})[table] = rows
    empty = {table: facts[table].clear() for table in _stored()}
    for name, tables in sorted(split.items()):
        yield name, {**empty, **tables}

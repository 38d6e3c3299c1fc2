"""The mart's present files as the KPI engine reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from deskpulse_reports.kpis.session import Snapshot
from deskpulse_reports.mart.custom import CustomType
from deskpulse_reports.mart.manifest import Manifest
from deskpulse_reports.mart.parts import PARTS, Part


def snapshot(
    folder: Path, manifest: Manifest, customs: Mapping[str, CustomType] | None = None
) -> Snapshot:
    """One relation per fact table: the base, and the overlay in the place of what it replaces.

    A table without any file is left out: nothing was derived yet.
    """
    selects: dict[str, list[str]] = {}
    for part in PARTS.values():
        selects.setdefault(part.table, []).extend(_selects(folder, manifest, part))
    relations = {table: " UNION ALL BY NAME ".join(each) for table, each in selects.items() if each}
    files = [str(folder / name) for name in sorted(manifest.files())]
    return Snapshot(relations, files, customs or {})


def _selects(folder: Path, manifest: Manifest, part: Part) -> list[str]:
    """The base without the owners that were derived anew, and their new rows."""
    found = []
    base = [folder / name for names in manifest.base.get(part.name, {}).values() for name in names]
    if base:
        old = f"SELECT * FROM {_parquet(base)}"  # noqa: S608  our own file names, quoted
        if part.owner in manifest.keys:
            keys = _parquet([folder / manifest.keys[part.owner]])
            fresh = f"(SELECT source, id AS {part.key} FROM {keys})"  # noqa: S608  as above
            old += f" ANTI JOIN {fresh} USING (source, {part.key})"
        found.append(old)
    if part.name in manifest.overlay:
        overlay = _parquet([folder / manifest.overlay[part.name]])
        found.append(f"SELECT * FROM {overlay}")  # noqa: S608  as above
    return found


def _parquet(files: Sequence[Path]) -> str:
    quoted = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return f"read_parquet([{quoted}])"

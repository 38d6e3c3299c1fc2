"""The mart's present files as the KPI engine reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from deskpulse_reports.kpis.session import Snapshot
from deskpulse_reports.mart.custom import CustomType
from deskpulse_reports.mart.manifest import Manifest


def snapshot(
    folder: Path, manifest: Manifest, customs: Mapping[str, CustomType] | None = None
) -> Snapshot:
    """One relation per fact table: the base, and the overlay in the place of what it replaces.

    A table without any file is left out: nothing was derived yet.
    """
    keys = [folder / manifest.overlay_keys] if manifest.overlay_keys else []
    relations: dict[str, str] = {}
    for table in sorted({*manifest.base, *manifest.overlay}):
        months = manifest.base.get(table, {})
        base = [folder / name for part in months.values() for name in part]
        overlay = [folder / manifest.overlay[table]] if table in manifest.overlay else []
        if base or overlay:
            relations[table] = _overlaid(base, overlay, keys)
    files = [str(folder / name) for name in sorted(manifest.files())]
    return Snapshot(relations, files, customs or {})


def _overlaid(base: Sequence[Path], overlay: Sequence[Path], keys: Sequence[Path]) -> str:
    """The base without the tickets in `keys`, which were derived anew, and their new rows."""
    selects = []
    if base:
        old = f"SELECT * FROM {_parquet(base)}"  # noqa: S608  our own file names, quoted
        if keys:
            fresh = f"(SELECT source, ticket_id FROM {_parquet(keys)})"  # noqa: S608  as above
            old += f" ANTI JOIN {fresh} USING (source, ticket_id)"
        selects.append(old)
    if overlay:
        selects.append(f"SELECT * FROM {_parquet(overlay)}")  # noqa: S608  as above
    return " UNION ALL BY NAME ".join(selects)


def _parquet(files: Sequence[Path]) -> str:
    quoted = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return f"read_parquet([{quoted}], union_by_name = true)"

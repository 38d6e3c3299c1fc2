"""Is the mart whole? Run in a process of its own: polars must not be there when victims fork.

`python -m benchmarks.drill.mart FOLDER [REBUILT]`: every file of the manifest can be read; with a
second folder, both hold the same rows. Prints what is wrong, one line each.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl

from deskpulse_reports.mart.manifest import read
from deskpulse_reports.mart.parts import PARTS


def problems(*folders: Path) -> list[str]:
    """What the check says, from a fresh process."""
    command = [sys.executable, "-m", "benchmarks.drill.mart", *map(str, folders)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return [*run.stdout.splitlines(), *([run.stderr[-500:]] if run.returncode else [])]


def unreadable(folder: Path) -> list[str]:
    """Files of the present snapshot that are missing or cut off."""
    found = []
    for name in sorted(read(folder).files()):
        try:
            pl.read_parquet(folder / name)
        except (OSError, pl.exceptions.PolarsError) as problem:
            found.append(f"{name}: {type(problem).__name__}: {problem}"[:300])
    return found


def different(folder: Path, rebuilt: Path) -> list[str]:
    """Parts whose rows are not the same."""
    found = []
    for part in PARTS:
        ours, whole = rows(folder, part), rows(rebuilt, part)
        if (ours is None) != (whole is None):
            found.append(f"{part}: only one has rows")
        elif ours is not None and whole is not None and not ours.equals(whole):
            found.append(f"{part}: {ours.height} rows, {whole.height} rebuilt, not the same")
    return found


def rows(folder: Path, name: str) -> pl.DataFrame | None:
    """All rows of a part, the overlay in the place of what it replaces, in a fixed order."""
    manifest, part = read(folder), PARTS[name]
    base = [file for files in manifest.base.get(name, {}).values() for file in files]
    frames = [pl.read_parquet(folder / file) for file in base]
    if part.owner in manifest.keys:
        keys = pl.read_parquet(folder / manifest.keys[part.owner]).rename({"id": part.key})
        frames = [each.join(keys, on=["source", part.key], how="anti") for each in frames]
    if name in manifest.overlay:
        frames.append(pl.read_parquet(folder / manifest.overlay[name]))
    frames = [frame for frame in frames if frame.height]
    if not frames:
        return None
    whole = pl.concat(frames, how="diagonal_relaxed")
    plain = [c for c, kind in whole.schema.items() if not isinstance(kind, pl.List)]
    return whole.select(sorted(whole.columns)).sort(sorted(plain), nulls_last=True)


if __name__ == "__main__":
    first, *second = map(Path, sys.argv[1:])
    for line in unreadable(first) + (different(first, second[0]) if second else []):
        print(line)

"""The manifest: which files make up the mart now. It is replaced atomically: one snapshot."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import orjson

from deskpulse.errors import StoreError

NAME = "manifest.json"
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """File names are relative to the mart's folder; parts and owners are those of `parts`.

    `base`: part -> month (`2026-11`, UTC) -> files. `overlay`: part -> file with the rows of
    recently derived owners, which replace the base rows of the owners in `keys`: owner -> file.
    """

    version: int = 0
    """How often it was published; 0: nothing was derived yet."""
    facts: int = 0
    """The `schema.VERSION` of the facts: the columns that these files have."""
    fence: int = 0
    """The token of the mart's lease then. A store's tokens only rise: one that is not higher was
    given by another store, or by an older copy of this one."""
    settings: str = ""
    """Fingerprint of settings and schema: another one means derive everything again."""
    promises: str = ""
    """Fingerprint of the SLA policies: another one means judge every open clock again."""
    derived_at: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Owner -> how many of them the store had."""
    base: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    overlay: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    complete_to: Mapping[str, str] = field(default_factory=dict)
    """Up to when each source's data was complete when the facts were derived, ISO 8601."""

    def files(self) -> set[str]:
        """Every file that this snapshot needs."""
        found = {
            name for months in self.base.values() for names in months.values() for name in names
        }
        return found | {*self.overlay.values(), *self.keys.values()}


def read(folder: Path) -> Manifest:
    """The present snapshot; an empty one if there is none yet, or one of another format."""
    try:
        values = orjson.loads((folder / NAME).read_bytes())
    except FileNotFoundError:
        return Manifest()
    except (OSError, orjson.JSONDecodeError) as problem:
        raise StoreError(
            f"{folder / NAME} cannot be read: {problem}", hint="Run `deskpulse derive --all`."
        ) from None
    if values.pop("format", None) != FORMAT:
        return Manifest()
    known = {each.name for each in fields(Manifest)}  # a later deskpulse may say more
    return Manifest(**{name: value for name, value in values.items() if name in known})


def publish(folder: Path, manifest: Manifest) -> None:
    """Make `manifest` the present snapshot. A crash before the end leaves the old one."""
    target, fresh = folder / NAME, folder / f"{NAME}.new"
    with fresh.open("wb") as file:
        file.write(orjson.dumps({"format": FORMAT, **asdict(manifest)}))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)

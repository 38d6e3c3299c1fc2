"""A plugin to begin with: the files of a distribution of its own, from templates."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Template

from deskpulse.errors import ConfigError

KINDS = ("connector", "kpi", "notifier", "rule")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SUFFIX = ".tmpl"
_TAKEN = ("core", "testing", "connectors", "reports", "notifiers")
"""Names whose module would look like one of ours."""


def write(kind: str, name: str, into: Path) -> list[Path]:
    """Write the plugin into `into/deskpulse-NAME`; the files, in order.

    Raises ConfigError for an unknown kind, a name that is no identifier, or a folder that exists.
    """
    if kind not in KINDS:
        raise ConfigError(f"no kind of plugin {kind!r}: allowed are {', '.join(KINDS)}")
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise ConfigError(
            f"{name!r} cannot be the name of a plugin",
            hint="Choose lower-case letters, digits and single underscores, such as acme_desk.",
        )
    folder = into / f"deskpulse-{name.replace('_', '-')}"
    if folder.exists():
        raise ConfigError(f"{folder} exists already", hint="Choose another name or --into.")
    words = {
        "name": name,
        "kind": kind,
        "module": f"deskpulse_{name}",
        "distribution": folder.name,
        "Class": "".join(part.capitalize() for part in name.split("_")),
        "CONSTANT": name.upper(),
    }
    written = []
    for path, text in _templates(kind):
        target = folder / path.replace("MODULE", words["module"])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(text).substitute(words), encoding="utf-8")
        written.append(target)
    return written


def _templates(kind: str) -> list[tuple[str, str]]:
    """Path within the plugin and text, of what all plugins have and of what this kind has."""
    found = {}
    for part in ("common", kind):
        for template in files("deskpulse.app").joinpath("templates", part).iterdir():
            if template.name.endswith(_SUFFIX):
                path = template.name.removesuffix(_SUFFIX)
                found[path] = template.read_text(encoding="utf-8")
    return sorted(found.items())

"""`deskpulse new`: a plugin to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deskpulse.app import scaffold
from deskpulse.app.screen import out, plain, print_json


def new(
    kind: Annotated[str, typer.Argument(help="connector, kpi, notifier or rule.")],
    name: Annotated[str, typer.Argument(help="Its name, a lower-case identifier.")],
    into: Annotated[Path, typer.Option(help="The folder that takes the plugin's folder.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="The files, as JSON.")] = False,
) -> None:
    """Write a plugin that can be installed: module, test, packaging; its test says what is next."""
    written = scaffold.write(kind, name, into)
    if as_json:
        print_json({"kind": kind, "name": name, "files": [str(path) for path in written]})
        return
    for path in written:
        out().print(f"Wrote {plain(path)}.")
    out().print(f"Next: cd {plain(written[0].parent)}, pip install --editable ., pytest")

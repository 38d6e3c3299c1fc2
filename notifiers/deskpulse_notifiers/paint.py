"""Draw charts as PNG: a program of its own, because the library would block the caller.

vl-convert holds the interpreter for a whole drawing, never returns in a forked child, and may hang
on a broken font: so it runs in a fresh process that can be ended.

    python -m deskpulse_notifiers.paint < specs.json > pictures.json

reads a JSON list of Vega-Lite specs and writes a JSON list of base64 texts.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

DEADLINE_S = 20.0
SCALE = 2.0
"""Pixels per point, for dense screens."""
_KEPT = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "SYSTEMROOT", "TEMP"})
"""Of the environment; secrets live there, and a drawing needs none."""

Spec = dict[str, Any]


class NotPainted(Exception):
    """There are no pictures, and why. A message goes out without them."""


def installed() -> bool:
    """Whether the extra `charts` is there."""
    return find_spec("vl_convert") is not None


def painted(specs: Sequence[Spec], deadline_s: float = DEADLINE_S) -> list[bytes]:
    """A PNG for each spec. Raises `NotPainted`, also after `deadline_s`."""
    if not specs:
        return []
    if not installed():
        raise NotPainted("the extra `charts` is not installed")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "deskpulse_notifiers.paint"],
            input=json.dumps(list(specs)).encode(),
            capture_output=True,
            timeout=deadline_s,
            check=True,
            env={name: value for name, value in os.environ.items() if name in _KEPT},
        )
        pictures = [base64.b64decode(text) for text in json.loads(done.stdout)]
    except subprocess.TimeoutExpired:
        raise NotPainted(f"drawing took longer than {deadline_s:g} s") from None
    except (OSError, subprocess.SubprocessError, ValueError) as problem:
        raise NotPainted(f"drawing failed ({type(problem).__name__})") from None
    if len(pictures) != len(specs):
        raise NotPainted("drawing failed (some are missing)")
    return pictures


def main() -> None:
    """Draw what stands on standard input."""
    import vl_convert

    pictures = [
        # an empty list of addresses: nothing is loaded from anywhere
        vl_convert.vegalite_to_png(json.dumps(spec), scale=SCALE, allowed_base_urls=[])
        for spec in json.load(sys.stdin)
    ]
    json.dump([base64.b64encode(picture).decode() for picture in pictures], sys.stdout)


if __name__ == "__main__":
    main()

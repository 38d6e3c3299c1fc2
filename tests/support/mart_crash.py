"""Refresh a mart in a process that is killed at its first, second, third ... step.

`python mart_crash.py MODE FOLDER`: FOLDER/start holds `store.db` and `mart`; each attempt works on a
copy of it, FOLDER/1, FOLDER/2, ..., until one is not killed. Prints how many were. Children are
forked, as importing takes longer than the work.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from deskpulse.store import Store
from deskpulse_reports.facts import Settings
from deskpulse_reports.mart import MartRefresh, refresh, writer
from support.clock import FakeClock

MODES = ("overlay", "fold", "everything")


def attempt(folder: Path, mode: str, steps: int) -> None:
    """Refresh; before and after whatever leaves a trace is a step, and the last one kills."""
    left = steps

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*args: Any, **kwargs: Any) -> Any:
            step()
            result = function(*args, **kwargs)
            step()
            return result

        return stepping

    pl.DataFrame.write_parquet = traced(pl.DataFrame.write_parquet)
    Path.replace = traced(Path.replace)  # type: ignore[method-assign]
    Path.unlink = traced(Path.unlink)  # type: ignore[method-assign]
    refresh.unmark = traced(refresh.unmark)  # type: ignore[assignment]
    writer.KEEP_S = -1
    if mode == "fold":
        writer.FOLD_AT, writer.FOLD_SHARE = 0, 0
    store = Store.open(f"sqlite:///{folder / 'store.db'}")
    mart = MartRefresh(store, folder / "mart", Settings(), {}, FakeClock())
    mart.run(everything=mode == "everything")


def main(mode: str, folder: Path) -> int:
    """How many attempts were killed."""
    steps = 0
    while True:
        steps += 1
        shutil.copytree(folder / "start", folder / str(steps))
        child = os.fork()
        if child == 0:
            attempt(folder / str(steps), mode, steps)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, "it failed by itself"
            return steps - 1
        assert os.WTERMSIG(status) == signal.SIGKILL, status


if __name__ == "__main__":
    print(main(sys.argv[1], Path(sys.argv[2])))

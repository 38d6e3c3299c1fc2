"""`deskpulse db`: look after the store."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from deskpulse.app.screen import out, plain, print_json
from deskpulse.app.shell import Exit, shell_of

group = typer.Typer(no_args_is_help=True, add_completion=False)

AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


@group.command()
def upgrade(context: typer.Context, as_json: AsJson = False) -> None:
    """Bring the store to this program's version."""
    from deskpulse.config import load
    from deskpulse.store import migrate
    from deskpulse.store.engine import explained, open_engine

    config = load(shell_of(context).config)
    with explained("upgrading the store"):
        engine = open_engine(config.store_url())
        before = migrate.version(engine)
        changed = migrate.upgrade(engine)
        engine.dispose()
    if as_json:
        print_json({"from": before, "to": migrate.HEAD, "changed": changed})
    else:
        said = f"upgraded from {before or 'empty'}" if changed else "was current already"
        out().print(f"The store is at version {migrate.HEAD} ({said}).")


@group.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Say whether the store is sound: integrity, records, how complete the data is."""
    from deskpulse.records import KINDS

    with shell_of(context).workspace() as workspace:
        store = workspace.store
        problems = store.integrity()
        found: dict[str, Any] = {
            "problems": problems,
            "records": {kind: n for kind in KINDS if (n := store.count(kind))},
            "rejected": len(store.rejected()),
            "streams": [
                {
                    "source": source,
                    "stream": stream,
                    "records": position.records,
                    "complete_to": position.complete_to,
                }
                for (source, stream), position in sorted(store.positions().items())
            ],
        }
    if as_json:
        print_json(found)
    else:
        _show(found)
    raise typer.Exit(Exit.FAILED if problems else Exit.OK)


def _show(found: dict[str, Any]) -> None:
    for kind, count in found["records"].items():
        out().print(f"{count:>12,} {kind}")
    if found["rejected"]:
        out().print(f"{found['rejected']:>12,} rejected (see `deskpulse db rejected`)")
    for item in found["streams"]:
        complete = item["complete_to"]
        text = f"complete to {complete:%Y-%m-%d %H:%M} UTC" if complete else "not read to the end"
        out().print(f"{plain(item['source'])} {plain(item['stream'])}: {text}")
    for problem in found["problems"]:
        out().print(plain(problem), style="red")
    if not found["problems"]:
        out().print("The store is sound.")


@group.command()
def rejected(context: typer.Context, as_json: AsJson = False) -> None:
    """List the records that could not be used, and why."""
    from deskpulse.clock import from_micros

    with shell_of(context).workspace() as workspace:
        found = workspace.store.rejected()
    if as_json:
        print_json([item | {"seen_at": from_micros(item["seen_at"])} for item in found])
        return
    for item in found:
        out().print(f"{plain(item['source'])} {plain(item['stream'])}: {plain(item['error'])}")
    if not found:
        out().print("No record was rejected.")

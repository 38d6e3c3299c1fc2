"""`deskpulse db`: look after the store."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from deskpulse.app.shell import Exit, explained, out, print_json, shell_of

group = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


@group.command()
def upgrade(context: typer.Context, as_json: AsJson = False) -> None:
    """Bring the store to this program's version."""
    from deskpulse.store import migrate
    from deskpulse.store.engine import explained as store_errors
    from deskpulse.store.engine import open_engine

    shell = shell_of(context)
    with explained():
        from deskpulse.config import load

        with store_errors("upgrading the store"):
            engine = open_engine(load(shell.config).store_url())
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
    """Say whether the store is sound: version, integrity, records, how complete the data is."""
    from deskpulse.records import KINDS

    with shell_of(context).workspace() as workspace:
        store = workspace.store
        problems = store.integrity()
        found: dict[str, Any] = {
            "problems": problems,
            "records": {kind: n for kind in KINDS if (n := store.count(kind))},
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
            for kind, count in found["records"].items():
                out().print(f"{count:>12,} {kind}")
            for item in found["streams"]:
                complete = item["complete_to"] or "never read to the end"
                out().print(f"{item['source']} {item['stream']}: {complete}", highlight=False)
            out().print("\n".join(problems) or "The store is sound.")
        raise typer.Exit(Exit.FAILED if problems else Exit.OK)


@group.command()
def rejected(context: typer.Context, as_json: AsJson = False) -> None:
    """List the records that could not be used, and why."""
    with shell_of(context).workspace() as workspace:
        found = workspace.store.rejected()
        if as_json:
            print_json(found)
            return
        for item in found:
            out().print(f"{item['source']} {item['stream']}: {item['error']}", markup=False)
        if not found:
            out().print("No record was rejected.")

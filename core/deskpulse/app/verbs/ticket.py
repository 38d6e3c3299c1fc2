"""`deskpulse ticket SOURCE/ID`: explain one ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskpulse.app.shell import out, print_json, shell_of
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace


def ticket(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="SOURCE/ID", help="The ticket.")],
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
) -> None:
    """Explain one ticket: timeline, facts, and which event made each number."""
    source, slash, key = reference.partition("/")
    with shell_of(context).workspace() as workspace:
        if not slash or not key:
            raise ConfigError(f"{reference!r} names no ticket", hint="Write SOURCE/ID.")
        found = explained_ticket(workspace, source, key)
        if as_json:
            print_json(found)
        else:
            _show(found)


def explained_ticket(workspace: Workspace, source: str, key: str) -> dict[str, Any]:
    """The ticket, its timeline and its facts, read from the store as it is now."""
    from deskpulse_reports.facts.explain import explain

    from deskpulse.store.history import reading
    from deskpulse_reports.mart.stored import history_of

    stored = workspace.store.get("ticket", source, [key])
    if key not in stored:
        known = ", ".join(workspace.config.sources) or "none"
        raise ConfigError(
            f"the store has no ticket {source}/{key}",
            hint=f"Sources: {known}. If it is new, run `deskpulse sync`.",
        )
    with reading(workspace.store) as reader:
        frames = reader.tickets(source, [key], tracked=False)
        people = reader.people_of(source, frames)
    found = explain(history_of(frames, people), workspace.settings, workspace.clock.now())
    values = stored[key].model_dump(mode="json", exclude_none=True)
    return {"ticket": values, "timeline": found["timeline"], "facts": found["facts"]} | {
        name: value for name, value in found.items() if name not in ("ticket", "timeline", "facts")
    }


def _show(found: dict[str, Any]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from deskpulse_reports import words

    head = found["ticket"]
    subject = escape(str(head.get("subject") or ""))
    out().print(f"[bold]{head['source']}/{head['id']}[/]  {subject}", highlight=False)
    timeline = Table(box=None, pad_edge=False)
    for heading in ("when (UTC)", "what", "who", "counts as"):
        timeline.add_column(heading)
    for event in found["timeline"]:
        timeline.add_row(*(escape(text) for text in _event(event)))
    out().print(timeline)
    facts = Table(box=None, pad_edge=False)
    for heading in ("fact", "calendar", "business", "because"):
        facts.add_column(heading)
    because = found.get("because", {})
    values = found["facts"]
    for name, value in values.items():
        if name.endswith("_business_s") or isinstance(value, (list, dict)):
            continue
        if name.endswith("_s"):
            plain = name.removesuffix("_s")
            business = values.get(f"{plain}_business_s")
            shown = [words.value(value, "seconds"), words.value(business, "seconds")]
        else:
            plain, shown = name, ["no data" if value is None else str(value), ""]
        facts.add_row(plain.replace("_", " "), *shown, escape(because.get(name, "")))
    out().print(facts)


def _event(event: dict[str, Any]) -> list[str]:
    moment = str(event.get("at", ""))[:19].replace("T", " ")
    counts = event.get("counts_as") or ""
    if isinstance(counts, list):
        counts = ", ".join(counts)
    return [moment, str(event.get("what", "")), str(event.get("who") or ""), str(counts)]

"""`deskpulse ticket SOURCE/ID`: explain one ticket."""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskpulse.app.screen import out, plain, print_json
from deskpulse.app.shell import shell_of
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
    if not slash or not key:
        raise ConfigError(f"{reference!r} names no ticket", hint="Write SOURCE/ID.")
    with shell_of(context).workspace() as workspace:
        found = explained_ticket(workspace, source, key)
    if as_json:
        print_json(found)
    else:
        _show(found)


def explained_ticket(workspace: Workspace, source: str, key: str) -> dict[str, Any]:
    """The ticket, its timeline, facts and why, and its SLA clocks, by the store as it is now.

    Raises `ConfigError` for a ticket that the store does not have.
    """
    from deskpulse.app.clocks import as_json
    from deskpulse.config import nearest
    from deskpulse.store.history import reading
    from deskpulse_reports.facts.explain import explain
    from deskpulse_reports.mart.stored import Rules, history_of, ticket_parts
    from deskpulse_reports.sla import SlaClock, standing
    from deskpulse_reports.sla.words import told

    stored = workspace.store.get("ticket", source, [key])
    if key not in stored:
        sources = workspace.config.sources
        hint = "If it is new, run `deskpulse sync`."
        if source not in sources:
            hint = f"There is no source {source!r}; {nearest(source, sources)}."
        raise ConfigError(f"the store has no ticket {source}/{key}", hint=hint)
    with reading(workspace.store) as reader:
        frames = reader.tickets(source, [key], tracked=False)
        people = reader.people_of(source, frames)
        clocks = reader.clocks_of(source, [key])
    settings, now = workspace.settings, workspace.clock.now()
    found = explain(history_of(frames, people), settings, now)
    values = stored[key].model_dump(mode="json", exclude_none=True)
    rules = Rules(settings, {}, workspace.promises(settings))
    sla = [
        as_json(clock, standing(clock, now, settings.calendars))
        | {
            "told": told(
                clock, standing(clock, now, settings.calendars), workspace.config.zone, now
            )
        }
        for clock in map(SlaClock.of, ticket_parts(frames, people, rules, clocks)[1].to_dicts())
    ]
    return found | {"ticket": found["ticket"] | values, "sla": sla}


def _show(found: dict[str, Any]) -> None:
    from rich.table import Table

    head = found["ticket"]
    subject = plain(head.get("subject") or "(no subject)")
    out().print(f"[bold]{plain(head['source'])}/{plain(head['id'])}[/]  {subject}\n")
    timeline = Table(box=None, pad_edge=False)
    for heading in ("when (UTC)", "what", "who", "counts as"):
        timeline.add_column(heading)
    for event in found["timeline"]:
        timeline.add_row(*(plain(text) for text in _event(event)))
    out().print(timeline)
    for label, value, because in _facts(found):
        out().print(f"\n[bold]{plain(label)}[/]  {plain(value)}")
        if because:
            out().print(f"  {plain(because)}", style="dim")
    for clock in found["sla"]:
        label = f"SLA {clock['metric'].replace('_', ' ')}" + (f" {clock['n']}" * (clock["n"] > 1))
        out().print(f"\n[bold]{plain(label)}[/]  {plain(clock['told'])}")


def _event(event: dict[str, Any]) -> list[str]:
    who = " ".join(str(event[name]) for name in ("role", "who") if event[name])
    return [_moment(event["instant"]), str(event["what"]), who, str(event["counts_as"] or "")]


def _facts(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(fact, its value by both clocks, because) of each number."""
    values, because = found["facts"], found["because"]
    rows = []
    for name, value in values.items():
        if name.endswith("_s") and not name.endswith("_business_s"):
            label = name.removesuffix("_s")
            shown = _both(value, values[f"{label}_business_s"])
            rows.append((label.replace("_", " "), shown, because.get(name, "")))
        elif not name.endswith("_s") and not isinstance(value, list | dict | NoneType):
            rows.append((name.replace("_", " "), str(value), because.get(name, "")))
    for number, reply in enumerate(values["next_replies"], 1):
        span = f"from {_moment(reply['start'])} to {_moment(reply['end'])}, {reply['ended_by']}"
        rows.append((f"next reply {number}", _both(reply["s"], reply["business_s"]), span))
    return rows


def _both(calendar: float | None, business: float | None) -> str:
    from deskpulse_reports import words

    if calendar is None:
        return words.value(None, "seconds")
    in_hours = words.value(business, "seconds", "business")
    return f"{words.value(calendar, 'seconds')} ({in_hours} in business hours)"


def _moment(instant: str | None) -> str:
    return str(instant or "")[:19].replace("T", " ")

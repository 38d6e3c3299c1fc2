"""`deskpulse sla`: which clocks run, are due next, paused or breached."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskpulse.app.screen import out, plain, print_json, tell
from deskpulse.app.shell import Exit, shell_of
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from deskpulse.app.clocks import Line
    from deskpulse.app.workspace import Workspace


_LEAST = {"subject": 9, "promise": 9, "state": 8, "due": 10, "time": 11, "owner": 8}
"""How wide columns are at least."""
_STYLES = {"breached": "red", "paused": "dim"}


class State(Enum):
    """What `--state` knows."""

    OPEN = "open"
    RUNNING = "running"
    DUE = "due"
    PAUSED = "paused"
    BREACHED = "breached"
    ALL = "all"


def sla(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only tickets of this source.")] = None,
    team: Annotated[str | None, typer.Option(help="Only tickets of this team (its id).")] = None,
    state: Annotated[
        State,
        typer.Option(
            help="Open ones; running, due (running in time), paused, breached; all: with the past."
        ),
    ] = State.OPEN,
    within: Annotated[
        str | None, typer.Option(help="Of those in time only what is due so soon: 30m, 2h, 1d.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The clocks as JSON.")] = False,
) -> None:
    """Show SLA clocks; what is due next comes first."""
    from deskpulse.app.clocks import Wanted, open_clocks, policy_notes, totals
    from deskpulse.app.clocks import as_json as plain_clock

    wanted = Wanted(state.value, source, team, _span(within))
    with shell_of(context).workspace() as workspace:
        notes = policy_notes(workspace)
        lines = open_clocks(workspace, wanted)
        if as_json:
            print_json(
                {
                    "as_of": workspace.clock.now(),
                    "totals": totals(lines),
                    "clocks": [
                        {
                            "source": line.clock.source,
                            "ticket_id": line.clock.ticket_id,
                            "subject": line.subject,
                            "url": line.url,
                            **plain_clock(line.clock, line.standing),
                        }
                        for line in lines
                    ],
                    "notes": notes,
                }
            )
        else:
            _show(workspace, lines)
            for note in notes:
                tell(note)
    raise typer.Exit(Exit.OK)


def _span(text: str | None) -> timedelta | None:
    from deskpulse.config.tables import read_span

    if text is None:
        return None
    try:
        found = read_span(text)
    except ValueError as problem:
        raise ConfigError(f"--within: {problem}") from None
    assert isinstance(found, timedelta)
    return found


def _show(workspace: Workspace, lines: Sequence[Line]) -> None:
    from rich.table import Table
    from rich.text import Text

    from deskpulse.app.clocks import owners, totals
    from deskpulse_reports.sla import words

    zone, now = workspace.config.zone, workspace.clock.now()
    table = Table(box=None, pad_edge=False)
    names, least = owners(workspace), _least(lines, zone, now)
    for heading in ("ticket", "subject", "promise", "state", "due", "time", "owner"):
        table.add_column(heading, no_wrap=heading == "ticket", min_width=least[heading])
    for line in lines:
        clock, stand = line.clock, line.standing
        cells: list[Any] = [
            f"{clock.source}/{clock.ticket_id}",
            _cut(_short(line.subject)),
            words.named(clock),
            stand.state,
            words.due(stand, zone, now),
            words.left(clock, stand),
            _cut(names.of(clock)),
        ]
        style = _STYLES.get(stand.state) if clock.ended_at is None else None
        texts = (cell if isinstance(cell, Text) else plain(cell) for cell in cells)
        table.add_row(*texts, style=style)
    if lines:
        out().print(table)
    counts = ", ".join(f"{count:,} {state}" for state, count in totals(lines).items())
    out().print(f"\n{counts} (times in {zone})" if lines else "No SLA clock is like that.")


def _least(lines: Sequence[Line], zone: str, now: datetime) -> dict[str, int]:
    """Least widths: a ticket's reference stays whole, and when it is due where there is room."""
    from deskpulse_reports.sla import words

    tickets = (f"{line.clock.source}/{line.clock.ticket_id}" for line in lines)
    dues = (words.due(line.standing, zone, now) for line in lines)
    least = {**_LEAST, "ticket": max(map(len, tickets), default=0)}
    roomy = {**least, "due": max(map(len, dues), default=0)}
    return roomy if sum(roomy.values()) + 2 * len(_LEAST) <= out().width else least


def _cut(text: str) -> Text:
    """Foreign text in one line, cut where the terminal is narrow."""
    from rich.text import Text

    from deskpulse_reports.safe import clean

    return Text(clean(text), no_wrap=True, overflow="ellipsis")


def _short(subject: str | None, most: int = 40) -> str:
    text = subject or "(no subject)"
    return text if len(text) <= most else text[: most - 1] + "…"

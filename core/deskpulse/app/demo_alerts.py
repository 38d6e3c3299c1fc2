"""The demonstration's last act: a promise is about to break, breaks, and is kept after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.app.alerting import Alerting
from deskpulse.app.delivery import sender
from deskpulse.app.screen import plain

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy import Row

    from deskpulse.app.workspace import Workspace
    from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
    from deskpulse_notifiers.slack.simulator import SlackSimulator

NIGHT_S = 13 * 3600
"""From the evening on which the demonstration stands to the next morning."""
STEP_S = 10 * 60
MOST_STEPS = 60
"""Ten hours at most: it stops as soon as everything has been seen."""

Wanted = tuple[str, str]
"""A level, and the state that its alert came to."""
ALL: frozenset[Wanted] = frozenset(
    {("75%", "firing"), ("breach", "firing"), ("breach", "resolved")}
)


def play(
    console: Console, workspace: Workspace, simulator: ZendeskSimulator, slack: SlackSimulator
) -> None:
    """The next morning: ten minutes at a time, until a warning, a breach and an end were told."""
    simulator.advance(NIGHT_S)
    workspace.sync()
    workspace.refresh.run()
    alerting = Alerting(workspace, lambda text: console.print(plain(text)), waits=False)
    alerting.evaluate()  # what stands already is told at once, as one message
    told, seen = _deliver(workspace), set[Wanted]()
    console.print(f"Standing already: {told} message{'' if told == 1 else 's'}.")
    for _ in range(MOST_STEPS):
        simulator.advance(STEP_S)
        before = _states(workspace)
        workspace.sync()
        workspace.refresh.run()
        alerting.evaluate()
        if _deliver(workspace):
            seen |= {(row.level, row.state) for row in set(_states(workspace)) - set(before)}
        if seen >= ALL:
            break
    _show_channel(console, slack)


def _deliver(workspace: Workspace) -> int:
    return sum(sent.state == "sent" for sent in sender(workspace).run())


def _states(workspace: Workspace) -> list[Row[tuple[int, str, str]]]:
    from sqlalchemy import text

    with workspace.store.reading() as connection:
        return list(connection.execute(text("SELECT id, level, state FROM alert")))


def _show_channel(console: Console, slack: SlackSimulator) -> None:
    """What the channel looks like in the end: messages were edited, and answered in threads."""
    console.rule("[bold]The same in Slack[/]: a channel on this machine")
    for message in slack.messages.values():
        times = "once" if message.edits == 1 else f"{message.edits} times"
        edited = f" [dim](edited {times})[/]" if message.edits else ""
        console.print(f"● {plain(message.text)}{edited}", soft_wrap=True)
        for reply in message.replies:
            console.print(f"   ↳ {plain(reply)}", soft_wrap=True)

"""Listening to buttons: who presses one acknowledges or snoozes what its message is about."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from deskpulse.alerts import actions
from deskpulse.app.fault import as_error, in_a_line
from deskpulse.config.tables import Span
from deskpulse.notifier import Notifier, Pressed

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace

FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0
"""Between two tries to listen."""


def answer(workspace: Workspace, pressed: Pressed) -> str:
    """Do what a button says; returns what the person is told."""
    now = workspace.clock.now()
    with workspace.store.writing() as connection:
        if pressed.name == "acknowledge":
            found = actions.acknowledge_thread(connection, pressed.value, pressed.who, now)
            return found.words
        if pressed.name == "snooze":
            span, _, thread = pressed.value.partition(" ")
            try:
                until = now + TypeAdapter(Span).validate_python(span)
            except ValidationError:
                return "This button is from another version of deskpulse."
            return actions.snooze_thread(connection, thread, pressed.who, until, now).words
    return f"deskpulse does not know the button {pressed.name!r}."


def start(
    workspace: Workspace, said: Callable[[str], None], changed: Callable[[], None]
) -> list[threading.Thread]:
    """A thread for each notifier with buttons; `changed` is called after every press."""
    threads = []
    for name in workspace.config.notifiers:
        notifier = workspace.notifier(name)
        if notifier.listens:
            listener = _Listener(workspace, name, notifier, said, changed)
            thread = threading.Thread(target=listener.run, name=f"listen:{name}", daemon=True)
            thread.start()
            threads.append(thread)
    return threads


class _Listener:
    def __init__(
        self,
        workspace: Workspace,
        name: str,
        notifier: Notifier,
        said: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self._workspace, self._name, self._notifier = workspace, name, notifier
        self._said, self._changed = said, changed
        self._wait_s = FIRST_WAIT_S

    def run(self) -> None:
        """Listen until the workspace stops; a lost connection is taken up again."""
        stop = self._workspace.stop
        while not stop.is_set():
            try:
                self._notifier.listen(self._pressed, stop)
            except Exception as problem:  # noqa: BLE001  a plugin's fault must not end the others
                error = as_error(problem, self._workspace.redactor)
                self._said(f"{self._name}: not listening: {in_a_line(error.message, error.hint)}")
            stop.wait(self._wait_s)
            self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)

    def _pressed(self, pressed: Pressed) -> str:
        self._wait_s = FIRST_WAIT_S
        words = answer(self._workspace, pressed)
        self._said(f"{self._name}: {pressed.name} by {pressed.who}: {words}")
        self._changed()
        return words

"""The stream of silences: threads in which the team's last letter just became old enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deskpulse.clock import Clock
from deskpulse.connector import Page
from deskpulse.errors import RequestRefused
from deskpulse_connectors.gmail.mailbox import Mailbox
from deskpulse_connectors.gmail.reading import Reading
from deskpulse_connectors.mail.window import Window


def silences(mailbox: Mailbox, clock: Clock, cursor: str | None) -> Iterator[Page]:
    """Every thread with a letter of the team in the window, whole."""
    patience = mailbox.config.status.patience
    assert patience is not None, "without silence there is no such stream"
    window = Window.open(cursor, clock.now(), patience)
    if window.page is None and not window.seconds:
        return
    reading = Reading(mailbox, clock)
    while True:
        try:
            listed = mailbox.threads(
                window.page,
                query=_query(mailbox, window),
                labels=reading.wanted_labels(),
                size=mailbox.config.per_page,
            )
        except RequestRefused as problem:
            if problem.status != 400 or window.page is None:
                raise
            window = replace(window, page=None)
            continue
        ids = [str(row["id"]) for row in listed.rows]
        window = replace(window, page=listed.following)
        yield Page(reading.threads(ids) if ids else [], str(window))
        if listed.following is None:
            return


def _query(mailbox: Mailbox, window: Window) -> str:
    """Letters of the team in the window, widened: Gmail does not say if its ends count."""
    team = " ".join(f"from:{each}" for each in sorted(_team(mailbox)))
    who = f"{{in:sent {team}}}" if team else "in:sent"
    return f"{who} after:{window.since - 1} before:{window.until + 1}"


def _team(mailbox: Mailbox) -> set[str]:
    config = mailbox.config
    return {each.lower() for each in (*config.addresses, *config.domains, *config.team)}

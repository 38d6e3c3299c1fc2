"""The stream of silences: conversations in which the team's last letter just became old enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from deskpulse.connector import Page
from deskpulse_connectors.imap.mail import to_letters
from deskpulse_connectors.imap.place import Key
from deskpulse_connectors.imap.reading import Reading
from deskpulse_connectors.imap.shelves import day
from deskpulse_connectors.mail.window import Window

LEAST_S = 3600
"""A narrower window waits: servers search by day, so each look reads the mails of two days."""


def silences(reading: Reading, cursor: str | None) -> Iterator[Page]:
    """Every conversation with a letter of the team in the window."""
    patience = reading.shelves.config.status.patience
    assert patience is not None, "without silence there is no such stream"
    window = Window.open(cursor, reading.clock.now(), patience)
    if window.seconds < LEAST_S:
        return
    before = str(Window(window.since - 1, window.since))
    for raws in reading.around(list(_sent_in(reading, window)), frozenset()):
        yield Page(raws, before)
    yield Page([], str(window))


def _sent_in(reading: Reading, window: Window) -> Iterator[Key]:
    """Where the team's letters of the window lie."""
    since, until = (datetime.fromtimestamp(at, UTC) for at in (window.since, window.until))
    # days are the server's own, in its zone
    first, after = day(since - timedelta(days=1)), day(until + timedelta(days=2))
    for folder in reading.shelves.config.every_folder:
        uids = reading.shelves.wire.search(folder, "SINCE", first, "BEFORE", after)
        for mail in reading.shelves.get([(folder, uid) for uid in uids]):
            for letter in to_letters([mail], reading.ours):
                if letter.ours and since <= letter.sent_at < until:
                    yield folder, mail.found.uid

"""What people do about alerts: acknowledge, snooze, silence. Each is one transaction.

Whoever is late loses: what has ended stays ended (the open rows are locked, or written by one
process at a time, and only open rows are changed).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, text

from deskpulse.alerts import book
from deskpulse.alerts.alert import Alert
from deskpulse.alerts.silence import Silence
from deskpulse.alerts.transition import Step, acknowledge, snooze
from deskpulse.clock import to_micros


@dataclass(frozen=True, slots=True)
class Done:
    """How many alerts were changed, and what to tell whoever asked."""

    count: int
    words: str


def acknowledge_thread(connection: Connection, thread: str, who: str, now: datetime) -> Done:
    """Somebody looks after everything that a thread of messages is about."""
    return _attend(connection, _of_thread(connection, thread), lambda a: acknowledge(a, who), now)


def snooze_thread(
    connection: Connection, thread: str, who: str, until: datetime, now: datetime
) -> Done:
    """Somebody wants to hear of a thread's subjects again at `until`."""
    found = _of_thread(connection, thread)
    return _attend(connection, found, lambda a: snooze(a, who, until), now)


def acknowledge_alert(connection: Connection, ident: int, who: str, now: datetime) -> Done:
    """Somebody looks after the subject of this alert, at every level."""
    return _attend(connection, _of_alert(connection, ident), lambda a: acknowledge(a, who), now)


def snooze_alert(
    connection: Connection, ident: int, who: str, until: datetime, now: datetime
) -> Done:
    """Somebody wants to hear of this alert's subject again at `until`."""
    found = _of_alert(connection, ident)
    return _attend(connection, found, lambda a: snooze(a, who, until), now)


def silence(connection: Connection, wanted: Silence) -> int:
    """Keep quiet what fits; the silence's id."""
    found = connection.execute(
        text(
            "INSERT INTO silence (matchers, author, reason, starts_at, ends_at) "
            "VALUES (:matchers, :author, :reason, :starts, :ends) RETURNING id"
        ),
        {
            "matchers": orjson.dumps(_lists(wanted.matchers)).decode(),
            "author": wanted.author,
            "reason": wanted.reason,
            "starts": to_micros(wanted.starts_at),
            "ends": to_micros(wanted.ends_at),
        },
    )
    return int(found.scalar_one())


def lift(connection: Connection, ident: int, now: datetime) -> bool:
    """End a silence now; False if there is none of this id that still lasts."""
    result = connection.execute(
        text("UPDATE silence SET ends_at = :now WHERE id = :id AND ends_at > :now"),
        {"id": ident, "now": to_micros(now)},
    )
    return result.rowcount == 1


def _attend(
    connection: Connection, found: list[Alert], what: Callable[[Alert], Step], now: datetime
) -> Done:
    steps = [step for step in map(what, found) if step.what and step.alert is not None]
    changed = [step.alert for step in steps if step.alert is not None]
    book.change(connection, changed)
    book.note(
        connection,
        [(alert.id, alert.stands, f"by {alert.acknowledged_by}") for alert in changed],
        now,
    )
    if not changed:
        return Done(0, "It is over already; nothing was changed.")
    subjects = len({alert.about for alert in changed})
    what_of = changed[0].content.title if subjects == 1 else f"{subjects:,} alerts"
    return Done(len(changed), f"{changed[0].stands.capitalize()}: {what_of}")


def _of_alert(connection: Connection, ident: int) -> list[Alert]:
    asked = book.alert(connection, ident)
    if asked is None or asked.closed_at is not None:
        return []
    return [alert for alert in book.open_alerts(connection) if alert.about == asked.about]


def _of_thread(connection: Connection, thread: str) -> list[Alert]:
    rows = connection.execute(
        text(
            "SELECT rule, subject FROM announcement "
            "WHERE thread = :thread AND state IN ('firing', 'flapping')"
        ),
        {"thread": thread},
    )
    abouts = {(row[0], row[1]) for row in rows}
    return [alert for alert in book.open_alerts(connection) if alert.about in abouts]


def _lists(matchers: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {label: list(values) for label, values in matchers.items()}

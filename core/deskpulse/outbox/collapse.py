"""Backpressure: when too much waits for one sink, it becomes one summary with the exact count."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import Connection, text

from deskpulse import message_json
from deskpulse.message import Figure, Figures, Message, Paragraph
from deskpulse.outbox.queue import enqueue

LISTED = 10
"""Messages named in the summary."""


def collapse(
    connection: Connection,
    route: str,
    notifier: str,
    most: int,
    *,
    now: datetime,
    zone: str = "UTC",
) -> int:
    """Sum up what waits for `notifier` from `route` if that is more than `most` messages.

    What is being sent at this moment is left alone. Returns how many messages the summary stands
    for; 0 if there was no need.
    """
    where = "route = :route AND notifier = :notifier AND state = 'queued' AND leased_until IS NULL"
    names = {"route": route, "notifier": notifier}
    waiting = connection.execute(
        text(f"SELECT count(*) FROM delivery WHERE {where}"),  # noqa: S608  our own words
        names,
    ).scalar_one()
    if waiting <= most:
        return 0
    rows = connection.execute(
        text(
            f"UPDATE delivery SET state = 'collapsed' WHERE {where} "  # noqa: S608
            "RETURNING seq, kind, stands_for, message"
        ),
        names,
    ).all()
    rows = sorted(rows, key=lambda row: row.seq)
    total = sum(int(row.stands_for) for row in rows)
    message = _summary(f"{route}/{notifier}/{rows[-1].seq}", rows, total, zone)
    enqueue(connection, message, [notifier], now, route=route, stands_for=total)
    return total


def _summary(name: str, rows: list, total: int, zone: str) -> Message:  # type: ignore[type-arg]
    counted: Counter[str] = Counter()
    for row in rows:
        counted["summed up before" if row.stands_for > 1 else row.kind] += row.stands_for
    titles = tuple(message_json.loads(row.message).title for row in rows[:LISTED])
    complete = [message_json.loads(row.message).complete_to for row in rows[-LISTED:]]
    known = [moment for moment in complete if moment is not None]
    return Message(
        key=f"summary/{name}",
        kind="note",
        title=f"{total:,} alert messages, summed up",
        summary=f"{total:,} alert messages were waiting for this channel; this one stands for all.",
        parts=(
            Figures(tuple(Figure(kind, f"{n:,}") for kind, n in counted.most_common())),
            Paragraph(titles, title=f"The first of them ({len(titles)})"),
        ),
        complete_to=min(known) if known and len(known) == len(complete) else None,
        zone=zone,
    )

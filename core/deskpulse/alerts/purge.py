"""What is over and told, and old, is forgotten. What is open, waits, or failed never is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from deskpulse.clock import to_micros

_ALERTS = """
    DELETE FROM alert WHERE closed_at < :before AND NOT EXISTS (
        SELECT 1 FROM announcement AS told
        WHERE told.rule = alert.rule AND told.subject = alert.subject AND NOT told.settled)
"""
_EVENTS = """
    DELETE FROM alert_event WHERE happened_at < :before
    AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.id = alert_event.alert_id)
"""
_TOLD = """
    DELETE FROM announcement WHERE settled AND NOT EXISTS (
        SELECT 1 FROM alert
        WHERE alert.rule = announcement.rule AND alert.subject = announcement.subject)
"""
_MESSAGES = """
    DELETE FROM delivery WHERE created_at < :before AND state NOT IN ('queued', 'dead')
    AND (thread = '' OR (
        NOT EXISTS (SELECT 1 FROM announcement AS told WHERE told.thread = delivery.thread)
        AND NOT EXISTS (
            SELECT 1 FROM delivery AS other WHERE other.thread = delivery.thread
            AND (other.created_at >= :before OR other.state IN ('queued', 'dead')))))
"""


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each were forgotten."""

    alerts: int
    messages: int


def purge(connection: Connection, before: datetime) -> Purged:
    """Forget alerts that ended, and messages that were dealt with, before then.

    A thread of messages goes as a whole, after its alerts: the next one's number, and with it what
    is sent only once, comes from how many there are. The caller keeps cycles out meanwhile.
    """
    given = {"before": to_micros(before)}
    alerts = connection.execute(text(_ALERTS), given).rowcount
    for statement in (_EVENTS, _TOLD):
        connection.execute(text(statement), given)
    messages = connection.execute(text(_MESSAGES), given).rowcount
    return Purged(alerts, messages)
